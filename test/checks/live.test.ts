import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { summarise } from '../../src/checks/live/last-day.ts'
import { isOurs } from '../../src/checks/service/running.ts'
import { type WatchOptions, watchStatus } from '../../src/checks/watch.ts'
import type { NodeEvent } from '../../src/events/event.ts'
import { BootStories } from '../../src/events/stories.ts'
import { VirtualClock } from '../../src/net/virtual-clock.ts'
import { finished } from './support.ts'

const node = (last: string) => ({ mac: `52:54:00:00:00:${last}`, interface: 'eth1' }) as const
const offer = { type: 'dhcp.offered', form: 'direct', gives: 'file', bootFile: 'i', server: 's' } as const
const done = {
  type: 'tftp.completed',
  transfer: 1,
  file: 'i',
  totalBytes: 9,
  durationMs: 5,
  resentBlocks: 0,
} as const

describe('the last day', () => {
  test('is summed up in one line', () => {
    const stories = new BootStories()
    const cut = {
      type: 'tftp.failed',
      transfer: 1,
      file: 'i',
      reason: 'stopped-acknowledging',
      detail: '',
      block: 812,
      sentBytes: 1,
      totalBytes: 2,
    } as const
    const events: NodeEvent[] = [
      { ...offer, ...node('01') },
      { ...done, ...node('01') },
      { ...offer, ...node('02') },
      { ...cut, ...node('02') },
      { type: 'dhcp.ignored', reason: 'raspberry-pi', detail: '', ...node('03') },
    ]
    for (const event of events) stories.apply({ atMs: 1, ...event })
    assert.equal(
      summarise([...stories.all()]),
      '2 offered · 1 downloaded · 1 gave up at block 812 · 1 ignored (1 raspberry-pi)',
    )
  })
})

describe('a process of ours', () => {
  const rows: [string, string, string | undefined, boolean][] = [
    ['emf-pxe', '/usr/local/bin/emf-pxe serve', 'emf-pxe.service', true],
    ['systemd', '/sbin/init', 'emf-pxe.socket', true],
    ['node', 'node --x /srv/emf-pxe/bin/run.ts serve --config /c', undefined, true],
    ['node', 'node /srv/app/server.js', undefined, false],
    ['dnsmasq', 'dnsmasq --conf-file=/etc/emf-pxe.conf', 'dnsmasq.service', false],
    ['vim', 'vim /etc/emf-pxe/config.yaml', undefined, false],
  ]
  for (const [name, command, unit, ours] of rows)
    test(`${command} (${unit ?? 'no unit'}): ${ours}`, () =>
      assert.equal(isOurs({ name, command, unit }), ours))
})

describe('status --watch', () => {
  async function watch(
    isTTY: boolean,
    rounds: Parameters<typeof finished>[1][],
    more: Partial<WatchOptions> = {},
  ): Promise<string> {
    const clock = new VirtualClock()
    const stop = new AbortController()
    let written = ''
    const pending = watchStatus({
      check: async () => {
        const round = rounds.shift()
        if (rounds.length === 0) stop.abort()
        return [finished('a', round ?? {})]
      },
      show: () => 'SCREEN',
      stdout: { isTTY, write: (text: string) => (written += text) },
      signal: stop.signal,
      clock,
      nowMs: () => 0,
      ...more,
    })
    for (let turn = 0; turn < 20; turn++) {
      await new Promise(setImmediate)
      clock.advance(5000)
    }
    await pending
    return written
  }

  test('in a pipe: one line whenever something changed', async () => {
    const lines = await watch(false, [{}, {}, { outcome: 'failed' }, {}])
    assert.deepEqual(lines.trim().split('\n'), [
      '1970-01-01T00:00:00Z healthy: All is well.',
      '1970-01-01T00:00:00Z unhealthy: 1 problem: a',
    ])
  })

  test('as JSON: one document for each look, whether something changed or not', async () => {
    const lines = await watch(true, [{}, {}, {}], { document: (checks) => JSON.stringify(checks.length) })
    assert.equal(lines, '1\n1\n')
  })

  test('an interrupt in the middle of a look ends it at once, and is no error', async () => {
    const stop = new AbortController()
    const pending = watchStatus({
      check: () => new Promise(() => stop.abort()),
      show: () => '',
      stdout: { write: () => assert.fail('nothing was found out yet') },
      signal: stop.signal,
    })
    assert.deepEqual(await pending, [])
  })

  test('on a terminal: the screen is drawn over itself', async () => {
    const screens = await watch(true, [{}, {}, {}])
    assert.equal(screens.split('\u001b[H').length - 1, 2)
    assert.ok(screens.includes('SCREEN\u001b[K\n'))
  })

  test('on a terminal of few rows: the end of the screen, which does not scroll', async () => {
    let written = ''
    const stdout = { isTTY: true, rows: 4, write: (text: string) => (written += text) }
    await watch(true, [{}, {}], { stdout, show: () => 'one\ntwo\nthree' })
    const [drawn = ''] = written.split('\u001b[H').slice(1)
    const lines = drawn.replaceAll('\u001b[K', '').split('\n')
    assert.deepEqual(lines, ['two', 'three', '1970-01-01T00:00:00Z, Ctrl-C ends', '\u001b[J'])
  })
})
