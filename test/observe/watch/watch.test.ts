import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, test } from 'node:test'
import { EmfPxeError } from '../../../src/errors/error.ts'
import type { LiveMessage } from '../../../src/observe/live/snapshot.ts'
import { ChangeLines } from '../../../src/observe/watch/change-lines.ts'
import { follow } from '../../../src/observe/watch/follow.ts'
import { drawFrame } from '../../../src/observe/watch/frame.ts'
import { WatchModel } from '../../../src/observe/watch/model.ts'
import { watchOnScreen } from '../../../src/observe/watch/watch.ts'
import { displayWidth } from '../../../src/ui/text.ts'
import { createTheme } from '../../../src/ui/theme.ts'
import { simulateBoots } from '../../support/simulated-boots.ts'
import {
  completed,
  failed,
  listening,
  loaded,
  node,
  noonMs,
  offered,
  openFeed,
  progress,
  requested,
  started,
} from '../live/support.ts'

const theme = createTheme({ color: false, unicode: true })
const everything = { failedOnly: false }

/** A site, and what a watcher of it knows. */
async function watched(prepare: (site: ReturnType<typeof openFeed>) => void, afterMs = 0) {
  const site = openFeed()
  const model = new WatchModel()
  site.feed.open((message) => {
    model.apply(JSON.parse(JSON.stringify(message)))
    return true
  })
  prepare(site)
  await site.clock.advance(afterMs)
  await site.clock.advance(400)
  site.feed.close()
  const frame = (columns: number, rows: number, filter: typeof everything & { mac?: string } = everything) =>
    drawFrame(model, { theme, columns, rows, nowMs: site.wallMs(), filter, notice: undefined })
  return { ...site, model, frame }
}

const manyNodes = (site: ReturnType<typeof openFeed>) =>
  simulateBoots({
    clock: site.clock,
    wallMs: site.wallMs,
    publish: (event) => {
      site.stories.apply(event)
      site.feed.record(event)
    },
    nodes: 1000,
    spreadMs: 8000,
    downloadMs: 6000,
  })

describe('the screen of watch', () => {
  test('a node that status or probe plays is shown to who asks for its address, and called so', async () => {
    const played = { ...offered, mac: '02:65:6d:00:00:01' }
    for (const afterMs of [0, 120_000]) {
      const { frame } = await watched((site) => site.publish(played), afterMs)
      assert.doesNotMatch(frame(80, 24).join('\n'), /02:65:6d|probe of ours/)
      const text = frame(80, 24, { ...everything, mac: '02:65:6d' }).join('\n')
      assert.match(text, /02:65:6d:00:00:01.*probe of ours: was/)
      assert.doesNotMatch(text, /✗|silence/)
    }
  })

  for (const [columns, rows] of [
    [80, 24],
    [60, 15],
    [40, 10],
    [200, 60],
  ] as const) {
    test(`${columns} × ${rows} with 1000 nodes: nothing is wider or longer than the terminal`, async () => {
      const { frame } = await watched((site) => {
        for (const event of [started, loaded, listening]) site.publish(event)
        site.publish({ type: 'interface.waiting', interface: 'eth2', reason: 'no-ipv4' })
        manyNodes(site)
      }, 12_000)
      const lines = frame(columns, rows)
      assert.ok(lines.length <= rows)
      for (const line of lines) assert.ok(displayWidth(line) <= columns, line)
      assert.ok(lines.some((line) => /Booting now {2}\d+/.test(line)))
    })
  }

  test('a running download: bar, percentage, speed', async () => {
    const { frame } = await watched((site) => {
      for (const event of [started, loaded, listening, offered, requested]) site.publish(event)
      site.clock.schedule(1000, () => site.publish(progress(250_000)))
    }, 1000)
    const row = frame(80, 24).find((line) => line.includes(node.mac))
    assert.match(row ?? '', /52:54:00:00:00:01 {2}x64 .*━━━━─+ +25 % {2}250 kB\/s/)
  })

  test('a boot that failed: the reason and what to do', async () => {
    const { frame } = await watched((site) => {
      for (const event of [started, loaded, listening, offered, failed]) site.publish(event)
    })
    const text = frame(80, 24).join('\n')
    assert.match(text, /✗ .*52:54:00:00:00:01/)
    assert.match(text, /stopped acknowledging at block 12/)
    assert.match(text, /→ check the cable/)
  })

  test('filters: failed only, part of a MAC', async () => {
    const { frame } = await watched(manyNodes, 30_000)
    const failedOnly = frame(80, 60, { failedOnly: true }).join('\n')
    assert.doesNotMatch(failedOnly, /✓/)
    const one = frame(80, 60, { failedOnly: false, mac: '00:03:20' }).join('\n')
    assert.equal(one.match(/52:54:00/g)?.length, 1)
  })

  test('text from the network cannot steer the terminal', async () => {
    const { frame } = await watched((site) => {
      site.publish(offered)
      site.publish({ ...failed, reason: 'client-error', detail: '\x1b[2J\x07owned' } as typeof failed)
      site.publish({ type: 'interface.failed', interface: 'eth1', code: 'X', message: '\x1b]0;owned\x07' })
    })
    assert.doesNotMatch(frame(80, 24).join(''), /\p{Cc}/u)
  })

  test('q gives the terminal back as it was', async () => {
    const stdin = Object.assign(new PassThrough(), {
      isTTY: true,
      setRawMode: (raw: boolean) => modes.push(raw),
    })
    const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 })
    const modes: boolean[] = []
    const { feed } = openFeed()
    const client = {
      feed: async function* (signal: AbortSignal): AsyncGenerator<LiveMessage> {
        yield { type: 'snapshot', snapshot: feed.snapshot() }
        stdin.write('q')
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
      },
    }
    const signal = new AbortController().signal
    await watchOnScreen({
      client,
      filter: everything,
      streams: { stdin, stdout, stderr: stdout },
      theme,
      unicode: true,
      signal,
    })
    let written = ''
    for (let chunk = stdout.read(); chunk !== null; chunk = stdout.read()) written += chunk
    assert.ok(written.startsWith('\x1b[?1049h') && written.endsWith('\x1b[?25h\x1b[?1049l'))
    assert.deepEqual(modes, [true, false])
  })
})

describe('watch in a pipe', () => {
  async function linesOf(filter: typeof everything, events: readonly (typeof offered)[]) {
    const { clock, feed, publish } = openFeed()
    const lines = new ChangeLines(filter, theme)
    const told: string[] = []
    publish({ ...offered, mac: '52:54:00:00:00:99' } as typeof offered)
    publish({ ...failed, mac: '52:54:00:00:00:99' } as typeof offered)
    feed.open((message) => {
      told.push(...lines.of(message))
      return true
    })
    for (const event of events) {
      publish(event)
      await clock.advance(200)
    }
    feed.close()
    return told.filter((line) => !line.includes('error: no boot file'))
  }

  test('one line for each change, none for progress or for what was before', async () => {
    const told = await linesOf(everything, [
      offered,
      requested,
      progress(1),
      progress(2),
      completed,
      completed,
    ])
    assert.equal(told.length, 4, told.join('\n'))
    assert.match(told[0] ?? '', /52:54:00:00:00:01 x64 {2}booting: was offered a boot file/)
    assert.match(told[2] ?? '', /booting: has its boot file \(1\.0 MB in 500 ms, 2\.0 MB\/s\)/)
  })

  test('--failed: with the remedy on the same line', async () => {
    const told = await linesOf({ failedOnly: true }, [offered, failed])
    assert.equal(told.length, 1)
    assert.match(told[0] ?? '', /failed: the node stopped acknowledging .* → check the cable/)
  })

  test('problems come and go', async () => {
    const told = await linesOf(everything, [
      loaded,
      { type: 'interface.waiting', interface: 'eth1', reason: 'down' },
      listening,
    ])
    assert.match(told.at(-2) ?? '', /error: eth1: nodes are not answered, its link is down/)
    assert.match(told.at(-1) ?? '', /no longer: eth1/)
  })
})

describe('following through restarts', () => {
  const snapshot: LiveMessage = { type: 'snapshot', snapshot: openFeed().feed.snapshot() }

  test('a service that goes and comes back', async () => {
    const stop = new AbortController()
    const said: (string | undefined)[] = []
    let times = 0
    const client = {
      feed: async function* (): AsyncGenerator<LiveMessage> {
        if (times++ === 2) stop.abort()
        yield snapshot
      },
    }
    await follow({ client, signal: stop.signal, onMessage: () => {}, onLost: (why) => said.push(why) })
    assert.match(said[0] ?? '', /stopped; waiting/)
    assert.equal(said[1], undefined)
  })

  test('a service that was never there is an error', async () => {
    const gone = new EmfPxeError('SERVICE_NOT_RUNNING', { message: 'x' })
    const client = {
      feed: (): AsyncGenerator<LiveMessage> => failing(gone),
    }
    const signal = new AbortController().signal
    await assert.rejects(follow({ client, signal, onMessage: () => {}, onLost: () => {} }), {
      code: 'SERVICE_NOT_RUNNING',
    })
  })
})

async function* failing(error: Error): AsyncGenerator<LiveMessage> {
  await Promise.reject(error)
  yield { type: 'alive', atMs: noonMs }
}
