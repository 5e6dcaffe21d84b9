import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createNotifier } from '../../src/host/sd-notify.ts'
import { missing } from '../support/needs.ts'

function record() {
  const sent: string[] = []
  const timers: { periodMs: number; task: () => void }[] = []
  let stopped = 0
  return {
    sent,
    timers,
    get stopped() {
      return stopped
    },
    parts: {
      send: (text: string) => void sent.push(text),
      every: (periodMs: number, task: () => void) => {
        timers.push({ periodMs, task })
        return () => void stopped++
      },
    },
  }
}

describe('telling the service manager', () => {
  test('nobody listens: nothing is sent', () => {
    const { sent, parts } = record()
    createNotifier({ WATCHDOG_USEC: '1000000' }, parts).ready('x')
    assert.deepEqual(sent, [])
  })

  test('ready, status and stopping are one datagram each, one line a field', () => {
    const { sent, parts } = record()
    const notifier = createNotifier({ NOTIFY_SOCKET: '/run/x' }, parts)
    notifier.ready('serving\nMAINPID=1')
    notifier.status('3 transfers')
    notifier.stopping()
    assert.deepEqual(sent, ['READY=1\nSTATUS=serving MAINPID=1', 'STATUS=3 transfers', 'STOPPING=1'])
  })

  test('the watchdog is fed three times a period from ready to close', () => {
    const manager = record()
    const notifier = createNotifier({ NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: '30000000' }, manager.parts)
    assert.equal(manager.timers.length, 0)
    notifier.ready('')
    assert.equal(manager.timers[0]?.periodMs, 10_000)
    manager.timers[0]?.task()
    assert.equal(manager.sent.at(-1), 'WATCHDOG=1')
    notifier.close()
    assert.equal(manager.stopped, 1)
  })

  test('a watchdog meant for another process is left alone', () => {
    const { timers, parts } = record()
    createNotifier({ NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' }, parts).ready('')
    assert.equal(timers.length, 0)
  })

  test('a path that is no socket address is passed over', () => {
    assert.doesNotThrow(() => createNotifier({ NOTIFY_SOCKET: 'vsock:2:1234' }).ready('x'))
    assert.doesNotThrow(() => createNotifier({ NOTIFY_SOCKET: `/${'x'.repeat(200)}` }).ready('x'))
    assert.doesNotThrow(() => createNotifier({ NOTIFY_SOCKET: '/run/nobody/listens' }).ready('x'))
  })
})

describe('over a real socket', { skip: missing('socat:socat') }, () => {
  for (const [name, listen, path] of [
    [
      'in the file system',
      (directory: string) => `UNIX-RECVFROM:${directory}/s`,
      (directory: string) => `${directory}/s`,
    ],
    [
      'abstract',
      (directory: string) => `ABSTRACT-RECVFROM:${directory}`,
      (directory: string) => `@${directory}`,
    ],
  ] as const) {
    test(name, { timeout: 20_000 }, async (t) => {
      const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-notify-'))
      t.after(() => rmSync(directory, { recursive: true, force: true }))
      const manager = spawn('socat', ['-dd', '-u', listen(directory), 'STDOUT'])
      t.after(() => manager.kill())
      // socat says when it is bound ("receiving on"): nothing is sent into the void.
      await new Promise<void>((resolve) =>
        manager.stderr.on('data', (text) => /receiving on/.test(String(text)) && resolve()),
      )
      const heard = new Promise<string>((resolve) =>
        manager.stdout.on('data', (text) => resolve(String(text))),
      )
      createNotifier({ NOTIFY_SOCKET: path(directory) }).ready('serving on eth1')
      assert.equal(await heard, 'READY=1\nSTATUS=serving on eth1')
    })
  }
})
