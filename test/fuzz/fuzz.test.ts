import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { Coverage, Endless } from './coverage.ts'
import { fuzz } from './fuzz.ts'
import { instrument } from './instrument.ts'
import { type FuzzFlags, runFuzzer } from './program.ts'
import { readHex } from './regressions.ts'
import { shrink } from './shrink.ts'
import type { FuzzTarget } from './target.ts'
import { targets } from './targets.ts'

const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-fuzz-'))
after(() => rmSync(directory, { recursive: true, force: true }))

/** Inputs for each target here; `npm run fuzz` is for more. */
const usualInputs = 5_000
const slowOnes: Readonly<Record<string, number>> = {
  engine: 500,
  'boot-file': 300,
  signature: 300,
  http: 300,
  orchestrator: 1_000,
  probe: 1_000,
  'lived-in': 1_000,
}

for (const { name } of targets)
  test(`${name}: ${slowOnes[name] ?? usualInputs} inputs`, () => {
    const inputs = String(slowOnes[name] ?? usualInputs)
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        join(import.meta.dirname, 'run.ts'),
        ...[name, '--inputs', inputs, '--seed', '20261123', '--finds', directory],
      ],
      { encoding: 'utf8' },
    )
    assert.equal(status, 0, `${stdout}\n${stderr}`)
    assert(Number(/(\d+) of \d+ branches/.exec(stdout)?.[1]) > 50, stdout)
  })

test('docs/lab.md names every target', () => {
  const named = [
    ...readFileSync(join(import.meta.dirname, '../../docs/lab.md'), 'utf8').matchAll(/^\| `([a-z-]+)` \|/gm),
  ]
  assert.deepEqual(
    named.map(([, name]) => name),
    targets.map(({ name }) => name),
  )
})

describe('a planted fault', () => {
  const most = 200_000
  let loaded = 0

  /** With counters and a memory of its own. */
  async function plant(name: 'fault' | 'circles'): Promise<{ target: FuzzTarget; coverage: Coverage }> {
    const coverage = new Coverage([`test/fuzz/planted/${name}.ts`])
    const { open }: { open: () => Promise<FuzzTarget> } = await import(`./planted/${name}.ts?${loaded++}`)
    return { target: await open(), coverage }
  }

  for (const seed of [1, 2, 3])
    test(`is found by what inputs reach, and not without that (seed ${seed})`, async () => {
      const isOver = ({ inputs }: { inputs: number }) => inputs >= most
      const guided = await fuzz({ ...(await plant('fault')), seed, isOver })
      assert.match(String(guided.find?.error), /the planted fault/)
      const blind = await fuzz({ ...(await plant('fault')), seed, guided: false, isOver })
      assert.equal(blind.find, undefined)
      assert(guided.inputs < most / 2, `${guided.inputs} inputs`)
      const again = await fuzz({ ...(await plant('fault')), seed, isOver })
      assert.deepEqual([again.inputs, again.find?.input], [guided.inputs, guided.find?.input])
    })

  test('is cut down to what it needs', async () => {
    const { target, coverage } = await plant('fault')
    const input = Uint8Array.of(0x7b, 0xd3, 0x1e, 0xa5, 1, 2, 3, 4)
    const found = { input, error: await caught(() => target.run(input)) }
    assert.deepEqual([...(await shrink(target, coverage, found)).input], [0x7b, 0xd3, 0x1e, 0xa5])
  })

  test('a loop without an end is stopped and found', async () => {
    const { find } = await fuzz({
      ...(await plant('circles')),
      seed: 1,
      isOver: ({ inputs }) => inputs >= most,
    })
    assert(find?.error instanceof Endless, String(find?.error))
  })

  test('is written to a file, with which it happens again; exit code 1', async () => {
    const load = (): Promise<{ open: () => Promise<FuzzTarget> }> => import(`./planted/fault.ts?${loaded++}`)
    const entries = [{ name: 'planted', covers: ['test/fuzz/planted/'], load }]
    const finds = join(directory, 'finds')
    const flags: FuzzFlags = { names: ['planted'], list: false, uncovered: false, seed: '1', finds }
    assert.equal(await runFuzzer({ ...flags, inputs: String(most) }, entries), 1)
    const [file = '', ...others] = readdirSync(finds)
    assert.match(file, /^planted-[0-9a-f]{12}\.hex$/)
    assert.deepEqual(others, [])
    assert.deepEqual([...readHex(join(finds, file))], [0x7b, 0xd3, 0x1e, 0xa5])
    assert.equal(await runFuzzer({ ...flags, input: join(finds, file) }, entries), 1)
    assert.equal(await runFuzzer({ ...flags, inputs: '0' }, entries), 0)
    assert.equal(await runFuzzer({ ...flags, names: ['unknown'] }, entries), 2)
  })
})

async function caught(run: () => void | Promise<void>): Promise<unknown> {
  try {
    await run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('counters', () => {
  const reached = (source: string): number[] => {
    const { code, lines } = instrument(source, 0)
    const counters = new Uint16Array(lines.length)
    Object.assign(globalThis, { $edges: counters, $work: [0, 100] })
    new Function(code.replaceAll('export ', ''))()
    return [...counters]
  }
  const rows = [
    ['both sides of if', 'if (1) ; if (0) ; else ;', [1, 0, 0, 1]],
    ['if in if, without braces', 'if (1) if (0) 1; else 2', [0, 1, 1, 0]],
    ['both sides of ?:, and nested', 'const a = 1 ? 0 ? 2 : 3 : 4', [0, 1, 1, 0]],
    ['&& || ??', 'const a = 0 && 1, b = 0 || 1, c = null ?? 1, d = 1 ?? 2', [0, 1, 1, 0]],
    ['functions when called', 'const f = (x) => ({ x }), g = () => {}; function h() {} f(); h()', [1, 0, 1]],
    ['rounds of a loop', 'for (let i = 0; i < 3; i++) ; while (0) ; for (const x of [1, 2]) {}', [3, 0, 2]],
    ['cases and catches', 'switch (2) { case 1: 1; case 2: case 3: 3 } try { throw 1 } catch { }', [0, 1, 1]],
    ['a class', 'class A { #x = 1; m() { return this.#x } static s = 2 } new A().m()', [1]],
  ] as const
  for (const [name, source, expected] of rows)
    test(name, () => assert.deepEqual(reached(source), [...expected]))

  test('literals become words', () => {
    const { words } = instrument("const a = 'iPXE', b = 0x63825363, c = 7, d = `xyz`", 0)
    const hex = words.map((word) => Buffer.from(word).toString('hex'))
    assert.deepEqual(hex, ['69505845', '63825363', '63538263', '07', '07', '0007', '0700', '78797a'])
  })

  test('lines stay where they are', () => {
    const source = 'const a = () => {\n  return 1\n}\n\nif (a())\n  a()\n'
    assert.equal(instrument(source, 0).code.split('\n').length, source.split('\n').length)
    assert.deepEqual(instrument(source, 0).lines, [1, 6, 6])
  })
})
