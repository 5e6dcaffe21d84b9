import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { contextOf, countChanged, diffLines } from '../../src/deploy/diff.ts'
import type { ObservedFile } from '../../src/deploy/host.ts'
import { type DesiredCommand, type DesiredFile, plan } from '../../src/deploy/plan.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const observed = (text: string, mode = 0o644): ObservedFile => ({
  sha256: sha256(text),
  mode,
  sizeBytes: text.length,
  text,
})
const file: DesiredFile = {
  kind: 'file',
  path: '/a',
  mode: 0o644,
  content: { text: 'x' },
  role: 'service',
  what: 'a',
}
const command = (more: Partial<DesiredCommand>): DesiredCommand => ({
  kind: 'command',
  id: 'c',
  title: 'c',
  run: ['c'],
  ...more,
})

const rows: readonly [
  name: string,
  state: { file?: ObservedFile; facts?: Record<string, string> },
  command: DesiredCommand,
  changes: string[],
][] = [
  ['a missing file is new, and what depends on it runs', {}, command({ afterChange: true }), ['new', 'run']],
  [
    'an equal file stays, and nothing runs',
    { file: observed('x') },
    command({ afterChange: true }),
    ['same', 'same'],
  ],
  ['other content is a change', { file: observed('y') }, command({ afterChange: true }), ['change', 'run']],
  [
    'other permissions are a change',
    { file: observed('x', 0o600) },
    command({ afterChange: true }),
    ['change', 'run'],
  ],
  [
    'a fact that holds saves the command',
    { file: observed('y'), facts: { up: 'yes' } },
    command({ unless: 'up' }),
    ['change', 'same'],
  ],
  [
    'a fact that does not hold runs it',
    { file: observed('x'), facts: { up: 'no' } },
    command({ unless: 'up' }),
    ['same', 'run'],
  ],
  [
    'a change runs it although the fact holds',
    { file: observed('y'), facts: { up: 'yes' } },
    command({ unless: 'up', afterChange: true }),
    ['change', 'run'],
  ],
  [
    'nothing to run is nothing to do',
    {},
    { kind: 'command', id: 'c', title: 'c', undo: ['u'], afterChange: true },
    ['new', 'same'],
  ],
]

describe('a plan', () => {
  for (const [name, state, wanted, changes] of rows) {
    test(name, () => {
      const files = new Map(state.file === undefined ? [] : [[file.path, state.file]])
      const facts = new Map(Object.entries(state.facts ?? {}))
      const steps = plan({ files, facts }, { target: 'systemd', items: [file, wanted] })
      assert.deepEqual(
        steps.map((step) => step.change),
        changes,
      )
    })
  }

  test('a command follows changes before it, not after it', () => {
    const steps = plan(
      { files: new Map(), facts: new Map() },
      { target: 'systemd', items: [command({ afterChange: true }), file] },
    )
    assert.deepEqual(
      steps.map((step) => step.change),
      ['same', 'new'],
    )
  })
})

describe('differences', () => {
  const shown = (before: string, after: string) =>
    diffLines(before, after).map(({ sign, text }) => sign + text)

  test('a line rewritten in the middle', () => {
    assert.deepEqual(shown('a\nb\nc\n', 'a\nB\nc\n'), [' a', '-b', '+B', ' c'])
  })
  test('from nothing and to nothing', () => {
    assert.deepEqual(shown('', 'a\n'), ['+a'])
    assert.deepEqual(shown('a\n', ''), ['-a'])
    assert.deepEqual(shown('', ''), [])
  })
  test('lines moved', () => {
    assert.deepEqual(shown('a\nb\n', 'b\na\n'), ['-a', ' b', '+a'])
  })
  test('two lines rewritten count as two, one added as one', () => {
    assert.equal(countChanged(diffLines('a\nb\n', 'A\nB\n')), 2)
    assert.equal(countChanged(diffLines('a\n', 'a\nb\n')), 1)
  })
  test('far lines are left out', () => {
    const before = Array.from({ length: 20 }, (_, index) => `${index}`).join('\n')
    const lines = contextOf(diffLines(before, before.replace('10', 'ten')), 2)
    assert.deepEqual(
      lines.map(({ text }) => text),
      ['8', '9', '10', 'ten', '11', '12'],
    )
  })
})
