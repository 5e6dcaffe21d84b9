import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { detectCapabilities } from '../../src/ui/capabilities.ts'
import { barLine, startProgress } from '../../src/ui/progress.ts'
import { spinnerPlace, startSpinner } from '../../src/ui/spinner.ts'
import { renderTable } from '../../src/ui/table.ts'
import { displayWidth } from '../../src/ui/text.ts'
import { createTheme } from '../../src/ui/theme.ts'
import { createUi } from '../../src/ui/ui.ts'
import { memoryTerminal } from '../support/program.ts'

const utf8 = { LANG: 'de_DE.UTF-8' }
const plain = createTheme({ color: false, unicode: true })

describe('what a stream can show', () => {
  for (const [name, columns, environment, expected] of [
    ['a terminal', 120, utf8, { color: true, unicode: true, animated: true, columns: 120 }],
    ['a pipe', undefined, utf8, { color: false, unicode: true, animated: false, columns: 80 }],
    ['a serial console', 0, utf8, { color: true, unicode: true, animated: false, columns: 80 }],
    ['no locale', 80, {}, { color: true, unicode: false, animated: true, columns: 80 }],
    [
      'LC_ALL=C',
      80,
      { LANG: 'C.UTF-8', LC_ALL: 'C' },
      { color: true, unicode: false, animated: true, columns: 80 },
    ],
    [
      'a dumb terminal',
      80,
      { ...utf8, TERM: 'dumb' },
      { color: false, unicode: false, animated: false, columns: 80 },
    ],
    [
      'the kernel’s console',
      80,
      { ...utf8, TERM: 'linux' },
      { color: true, unicode: false, animated: true, columns: 80 },
    ],
    [
      'NO_COLOR',
      80,
      { ...utf8, NO_COLOR: '1' },
      { color: false, unicode: true, animated: true, columns: 80 },
    ],
    [
      'empty NO_COLOR',
      80,
      { ...utf8, NO_COLOR: '' },
      { color: true, unicode: true, animated: true, columns: 80 },
    ],
  ] as const) {
    test(name, () => {
      assert.deepEqual(detectCapabilities(memoryTerminal(columns).streams.stdout, environment), expected)
    })
  }
})

describe('tables', () => {
  const columns = [
    { title: 'MAC' },
    { title: 'Outcome', shrinks: true },
    { title: 'Size', align: 'right' as const },
  ]

  test('as wide as needed', () => {
    const rows = [
      ['52:54:00:00:00:01', 'fetched', '1.1 MB'],
      ['52:54:00:00:00:02', 'gave up', '9 kB'],
    ]
    assert.equal(
      renderTable({ columns, rows }, plain, 80),
      [
        'MAC                Outcome    Size',
        '52:54:00:00:00:01  fetched  1.1 MB',
        '52:54:00:00:00:02  gave up    9 kB',
      ].join('\n'),
    )
  })

  test('never wider than the terminal; the marked column gives way', () => {
    const rows = [['52:54:00:00:00:01', 'x'.repeat(200), '1.1 MB']]
    for (const width of [40, 60, 80]) {
      const lines = renderTable({ columns, rows }, plain, width).split('\n')
      for (const line of lines) assert.ok(displayWidth(line) <= width, `${line.length} > ${width}`)
      assert.match(lines[1] ?? '', /^52:54:00:00:00:01 {2}x+… {2}1\.1 MB$/)
    }
  })

  test('when that is not enough, the others give way too', () => {
    const rows = [['a'.repeat(60), 'b'.repeat(60), 'c'.repeat(60)]]
    for (const line of renderTable({ columns, rows }, plain, 40).split('\n'))
      assert.ok(displayWidth(line) <= 40)
  })

  test('an empty table is its heading', () => {
    assert.equal(renderTable({ columns, rows: [] }, plain, 80), 'MAC  Outcome  Size')
  })
})

describe('progress', () => {
  const state = { label: 'ipxe.efi', doneBytes: 540_160, totalBytes: 1_080_320, elapsedMs: 1000 }

  test('a bar fits the terminal at every width', () => {
    for (let columns = 20; columns <= 200; columns++) {
      assert.ok(displayWidth(barLine(state, plain, columns)) < columns, `at ${columns}`)
    }
  })

  test('at 80 columns: bar, share, bytes, rate, time left', () => {
    assert.equal(
      barLine(state, plain, 80),
      'ipxe.efi ━━━━━━━━━━━━────────────  50 %  540 kB of 1.1 MB  540 kB/s  1.0 s left',
    )
  })

  test('an unknown total shows bytes and rate', () => {
    assert.equal(barLine({ ...state, totalBytes: undefined }, plain, 80), 'ipxe.efi 540 kB  540 kB/s')
  })

  test('what came last is shown while bytes stand still, and a line finds room', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const terminal = memoryTerminal(80)
    let nowMs = 0
    const progress = startProgress(spinnerPlace(terminal.streams.stderr, utf8), {
      label: 'boot file',
      totalBytes: 1000,
      now: () => nowMs,
    })
    progress.update(10)
    progress.update(500)
    assert.doesNotMatch(stripVTControlCharacters(terminal.stderr()), /50 %/, 'too soon after the first')
    nowMs = 500
    t.mock.timers.tick(500)
    assert.match(stripVTControlCharacters(terminal.stderr()), /50 %/)
    progress.clear()
    assert.equal(terminal.stderr(), '\r\x1b[2K')
    t.mock.timers.tick(5000)
    assert.equal(terminal.stderr(), '', 'it stays away until bytes come again')
    progress.update(600)
    assert.match(stripVTControlCharacters(terminal.stderr()), /60 %/)
    progress.succeed()
  })

  test('on a terminal it redraws one line, ten times a second at most', () => {
    const terminal = memoryTerminal(80)
    let nowMs = 0
    const progress = startProgress(spinnerPlace(terminal.streams.stderr, utf8), {
      label: 'x',
      totalBytes: 100,
      now: () => nowMs,
    })
    for (nowMs = 0; nowMs < 1000; nowMs += 10) progress.update(nowMs / 10)
    const drawn = terminal.stderr()
    assert.equal(drawn.split('\r').length - 1, 10)
    assert.ok(!drawn.includes('\n'))
    progress.succeed('got x')
    assert.ok(stripVTControlCharacters(terminal.stderr()).endsWith('✓ got x\n'))
  })

  test('in a log it writes a line every five seconds, without control characters', () => {
    const terminal = memoryTerminal()
    let nowMs = 0
    const progress = startProgress(spinnerPlace(terminal.streams.stderr, utf8), {
      label: 'ipxe.efi',
      totalBytes: 1_080_320,
      now: () => nowMs,
    })
    for (nowMs = 0; nowMs <= 12_000; nowMs += 100) progress.update(nowMs * 50)
    nowMs = 12_000
    progress.succeed()
    assert.equal(
      terminal.stderr(),
      [
        'ipxe.efi: 23 %  250 kB of 1.1 MB  50 kB/s  17 s left',
        'ipxe.efi: 46 %  500 kB of 1.1 MB  50 kB/s  12 s left',
        '✓ ipxe.efi: 600 kB in 12 s',
        '',
      ].join('\n'),
    )
  })
})

describe('spinners', () => {
  for (const [name, columns] of [
    ['a pipe', undefined],
    ['a serial console of 0 columns', 0],
  ] as const) {
    test(`on ${name}: one line at the end`, async () => {
      const terminal = memoryTerminal(columns)
      const spinner = await startSpinner(
        spinnerPlace(terminal.streams.stderr, utf8, { noColor: true }),
        'asking',
      )
      spinner.update('still asking')
      assert.equal(terminal.stderr(), '')
      spinner.succeed()
      assert.equal(terminal.stderr(), '✓ still asking\n')
    })
  }

  test('on a terminal it turns, and ends with a mark', async () => {
    const terminal = memoryTerminal(80)
    const place = spinnerPlace(terminal.streams.stderr, utf8, { noColor: true })
    const spinner = await startSpinner(place, 'asking')
    spinner.fail('no answer')
    assert.match(terminal.stderr(), /⠋ asking[\s\S]*✗ no answer\n/)
  })

  test('--quiet says only what went wrong', async () => {
    const terminal = memoryTerminal()
    const switches = { json: false, quiet: true, yes: false, noInput: false, noColor: false }
    const ui = createUi(terminal.streams, utf8, switches)
    const first = await ui.spinner('one')
    first.succeed('fine')
    const second = await ui.spinner('two')
    second.fail('not fine')
    ui.progress({ label: 'x' }).succeed()
    ui.note('a note')
    ui.done('done')
    ui.warn('careful')
    assert.equal(terminal.stderr(), '✗ not fine\n! careful\n')
  })
})

describe('ASCII', () => {
  test('our sentences come in ASCII, what programs read stays as it is', () => {
    const terminal = memoryTerminal()
    const switches = { json: false, quiet: false, yes: false, noInput: false, noColor: false }
    const ui = createUi(terminal.streams, { LANG: 'C' }, switches)
    ui.result('the node’s “name” … 3 · 4')
    ui.verbatim('{"name":"the node’s"}')
    ui.warn('can’t')
    assert.equal(terminal.stdout(), 'the node\'s "name" ... 3 - 4\n{"name":"the node’s"}\n')
    assert.equal(terminal.stderr(), "! can't\n")
  })

  test('without UTF-8 every symbol is ASCII', () => {
    const { symbols } = createTheme({ color: false, unicode: false })
    for (const symbol of Object.values(symbols)) assert.match(symbol, /^[\x20-\x7e]+$/)
  })
})
