import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { EmfPxeError } from '../../src/errors/error.ts'
import { translateError } from '../../src/errors/translate.ts'
import type { Prompts } from '../../src/ui/prompts.ts'
import { createUi } from '../../src/ui/ui.ts'
import { type MemoryTerminal, memoryTerminal } from '../support/program.ts'

const environment = { LANG: 'C.UTF-8', TERM: 'xterm' }
const switches = { json: false, quiet: false, yes: false, noInput: false, noColor: false }

/** Types keys once the question is on screen. */
async function answer<T>(ask: (prompts: Prompts) => Promise<T>, keys: string): Promise<[T, string]> {
  const terminal = memoryTerminal(80)
  const asked = ask(createUi(terminal.streams, environment, switches).prompts)
  const seen = await untilAsked(terminal)
  terminal.streams.stdin.emit('data', Buffer.from(keys))
  const value = await asked
  assert.equal(terminal.stdout(), '', 'questions must leave stdout to the result')
  return [value, seen]
}

async function untilAsked(terminal: MemoryTerminal): Promise<string> {
  let seen = terminal.stderr()
  while (!seen.includes('?')) {
    await new Promise((resolve) => setImmediate(resolve))
    seen += terminal.stderr()
  }
  return seen
}

describe('questions on a terminal', () => {
  test('select: arrow and return', async () => {
    const [value] = await answer(
      (prompts) =>
        prompts.select({
          message: 'Which NIC?',
          flag: '--interface NAME',
          choices: [
            { value: 'eth0', name: 'eth0  10.0.0.1' },
            { value: 'eth1', name: 'eth1  10.1.0.1' },
          ],
        }),
      '\x1b[B\r',
    )
    assert.equal(value, 'eth1')
  })

  test('selectMany: space ticks, what was ticked at first stays', async () => {
    const [value] = await answer(
      (prompts) =>
        prompts.selectMany({
          message: 'Which NICs?',
          flag: '--interface NAME',
          choices: ['eth0', 'eth1', 'eth2'].map((name) => ({ value: name, name })),
          initial: ['eth2'],
        }),
      ' \r',
    )
    assert.deepEqual(value, ['eth0', 'eth2'])
  })

  test('confirm: the default, and no', async () => {
    assert.equal(
      (await answer((prompts) => prompts.confirm({ message: 'Apply?', flag: '--yes' }), '\r'))[0],
      true,
    )
    assert.equal(
      (await answer((prompts) => prompts.confirm({ message: 'Apply?', flag: '--yes' }), 'n\r'))[0],
      false,
    )
  })

  test('input', async () => {
    const [value] = await answer(
      (prompts) => prompts.input({ message: 'Domain?', flag: '--orchestrator FQDN' }),
      'edge.example.com\r',
    )
    assert.equal(value, 'edge.example.com')
  })

  test('password: typed without echo', async () => {
    const terminal = memoryTerminal(80)
    const { prompts } = createUi(terminal.streams, environment, switches)
    const asked = prompts.password({ message: 'Token?', flag: '--token-file FILE' })
    await untilAsked(terminal)
    terminal.streams.stdin.emit('data', Buffer.from('s3cret\r'))
    assert.equal(await asked, 's3cret')
    assert.ok(!terminal.stderr().includes('s3cret'))
  })

  test('Ctrl-C is ABORTED', async () => {
    const asked = answer((prompts) => prompts.input({ message: 'Domain?', flag: '--x' }), '\x03')
    await assert.rejects(asked, (error) => translateError(error).code === 'ABORTED')
  })

  test('Ctrl-D is ABORTED', async () => {
    const asked = answer((prompts) => prompts.confirm({ message: 'Apply?', flag: '--yes' }), '\x04')
    await assert.rejects(asked, (error) => translateError(error).code === 'ABORTED')
  })

  test('a terminal that is gone is TERMINAL_CLOSED', async () => {
    const terminal = memoryTerminal(80)
    const { prompts } = createUi(terminal.streams, environment, switches)
    const asked = prompts.input({ message: 'Domain?', flag: '--x' })
    await untilAsked(terminal)
    terminal.streams.stdin.emit('end')
    await assert.rejects(asked, (error) => translateError(error).code === 'TERMINAL_CLOSED')
  })

  test('after Ctrl-Z and fg the keys are read on', async () => {
    const terminal = memoryTerminal(80)
    const { prompts } = createUi(terminal.streams, environment, switches)
    const asked = prompts.confirm({ message: 'Apply?', flag: '--yes' })
    await untilAsked(terminal)
    // As readline does when the shell lets the program go on.
    process.emit('SIGCONT')
    terminal.streams.stdin.pause()
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(terminal.streams.stdin.isPaused(), false)
    terminal.streams.stdin.emit('data', Buffer.from('n\r'))
    assert.equal(await asked, false)
  })

  test('a question is taken back when the program is told to stop: the cursor is there again', async () => {
    const terminal = memoryTerminal(80)
    const stop = new AbortController()
    const { prompts } = createUi(terminal.streams, environment, switches, stop.signal)
    const choices = [{ value: 'eth0', name: 'eth0' }]
    const asked = prompts.select({ message: 'NIC?', flag: '--interface NIC', choices })
    await untilAsked(terminal)
    stop.abort(new Error('stopped'))
    await assert.rejects(asked, (error) => translateError(error).code === 'ABORTED')
    const written = terminal.stderr()
    assert.ok(written.lastIndexOf('\x1b[?25h') > written.lastIndexOf('\x1b[?25l'))
  })
})

describe('the look of questions', () => {
  for (const [name, locale, expected] of [
    ['UTF-8', { LANG: 'C.UTF-8' }, ['? Which NIC?', '❯ eth0', '  eth1', 'arrows navigate, Enter select']],
    ['ASCII', {}, ['? Which NIC?', '> eth0', '  eth1', 'arrows navigate, Enter select']],
  ] as const) {
    test(`${name}: our symbols, no colour with --no-color`, async () => {
      const terminal = memoryTerminal(80)
      const { prompts } = createUi(
        terminal.streams,
        { TERM: 'xterm', ...locale },
        { ...switches, noColor: true },
      )
      const choices = ['eth0', 'eth1'].map((value) => ({ value, name: value }))
      const asked = prompts.select({ message: 'Which NIC?', flag: '--interface NAME', choices })
      const screen = await untilAsked(terminal)
      terminal.streams.stdin.emit('data', Buffer.from('\r'))
      await asked
      const lines = stripVTControlCharacters(screen)
        .split(/\r?\n/)
        .map((line) => line.trimEnd())
      assert.deepEqual(
        lines.filter((line) => line !== ''),
        expected,
      )
    })
  }
})

describe('nobody to ask', () => {
  const questions: Record<string, (prompts: Prompts) => Promise<unknown>> = {
    select: (prompts) => prompts.select({ message: 'Which NIC?', flag: '--interface NAME', choices: [] }),
    confirm: (prompts) => prompts.confirm({ message: 'Apply?', flag: '--yes' }),
    input: (prompts) => prompts.input({ message: 'Domain?', flag: '--orchestrator FQDN' }),
    password: (prompts) => prompts.password({ message: 'Token?', flag: '--token-file FILE' }),
  }
  const flags = {
    select: '--interface NAME',
    confirm: '--yes',
    input: '--orchestrator FQDN',
    password: '--token-file FILE',
  }

  for (const [kind, flag] of Object.entries(flags)) {
    for (const [name, columns, noInput] of [
      ['a pipe', undefined, false],
      ['--no-input', 80, true],
      ['a terminal of 0 columns', 0, false],
    ] as const) {
      test(`${kind} with ${name} names ${flag}`, async () => {
        const terminal = memoryTerminal(columns)
        const { prompts } = createUi(terminal.streams, environment, { ...switches, noInput })
        await assert.rejects(
          questions[kind]?.(prompts) ?? Promise.resolve(),
          (error) =>
            error instanceof EmfPxeError && error.code === 'ANSWER_MISSING' && error.hint === `Pass ${flag}`,
        )
      })
    }
  }

  test('--yes answers confirmations, and only them', async () => {
    const { prompts } = createUi(memoryTerminal().streams, environment, { ...switches, yes: true })
    assert.equal(await prompts.confirm({ message: 'Apply?', flag: '--yes' }), true)
    await assert.rejects(prompts.input({ message: 'Domain?', flag: '--x' }))
  })
})
