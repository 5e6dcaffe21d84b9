import assert from 'node:assert/strict'
import { openSync } from 'node:fs'
import { describe, type TestContext, test } from 'node:test'
import { endOf, onSignals, untilSignal } from '../../src/service/signals.ts'

/** What a service was asked for, on a machine where these descriptors were terminals when it started. */
function listening(t: TestContext, terminals: readonly number[]): unknown[] {
  const asked: unknown[] = []
  const forget = onSignals(
    {
      drain: (end) => asked.push(['drain', end]),
      force: (end) => asked.push(['force', end]),
      reload: () => asked.push(['reload']),
    },
    terminals,
  )
  t.after(forget)
  return asked
}

describe('signals to a service', () => {
  test('the first SIGTERM or Ctrl-C drains, the second stops at once', (t) => {
    const asked = listening(t, [])
    process.emit('SIGTERM')
    process.emit('SIGINT')
    assert.deepEqual(asked, [
      ['drain', 0],
      ['force', 0],
    ])
  })

  test('SIGHUP reads the configuration again, as often as it comes', (t) => {
    const asked = listening(t, [])
    process.emit('SIGHUP')
    process.emit('SIGHUP')
    assert.deepEqual(asked, [['reload'], ['reload']])
  })

  test('SIGHUP from a terminal that is gone drains; the shell’s own beside the kernel’s changes nothing', (t) => {
    const noTerminal = openSync('/dev/null', 'r')
    const asked = listening(t, [noTerminal])
    process.emit('SIGHUP')
    process.emit('SIGHUP')
    assert.deepEqual(asked, [['drain', 129]])
    process.emit('SIGTERM')
    assert.deepEqual(asked[1], ['force', 129])
  })
})

describe('what goes on until a signal', () => {
  for (const [signal, exitCode] of [
    ['SIGINT', 0],
    ['SIGTERM', 0],
    ['SIGHUP', 129],
  ] as const) {
    test(`${signal}: ends with ${exitCode}`, () => {
      const stop = untilSignal()
      process.emit(signal, signal)
      assert.ok(stop.aborted)
      assert.equal(endOf(stop), exitCode)
    })
  }
})
