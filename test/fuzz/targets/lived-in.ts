import assert from 'node:assert/strict'
import type { ServeEvent } from '../../../src/events/event.ts'
import { BootStories } from '../../../src/events/stories.ts'
import { MemoryHost } from '../../../src/net/memory-host.ts'
import { VirtualClock } from '../../../src/net/virtual-clock.ts'
import { LiveFeed } from '../../../src/observe/live/feed.ts'
import { createMetrics } from '../../../src/observe/metrics/metrics.ts'
import { type Exchange, exchangeMutations, exchangesOf } from '../exchanges.ts'
import { engineOn, nic } from '../fuzzed-engine.ts'
import type { FuzzTarget } from '../target.ts'
import { wholeBoots } from '../whole-boots.ts'

const maxTransfers = 500
/** 20,000 nodes, each with a story and what the engine knows about it. */
const fullTablesBytes = 60e6
/** Six bytes of `chaddr`. */
const macAt = 28

/** One engine for all inputs: what an input leaves behind, the next ones meet. */
export async function open(): Promise<FuzzTarget> {
  const clock = new VirtualClock()
  const dataPorts = new Map<number, number>()
  const host = new MemoryHost([nic], (socket, _nic, _bytes, to) => {
    // Each client below has a port of its own, so that a port is enough to tell who was answered from where.
    dataPorts.set(to.port % clients, socket.local.port)
  })
  const stories = new BootStories()
  const feed = new LiveFeed({ stories, clock, version: '1' })
  const metrics = await createMetrics(feed, stories)
  const publish = (event: ServeEvent) => {
    stories.apply(event)
    feed.record(event)
    metrics.record(event)
  }
  const engine = engineOn(host, clock, publish, maxTransfers)
  await engine.start()
  const crowd = new Crowd()
  return {
    feeds:
      'the same as `engine`, but one engine lives through all inputs, and every input comes from other MAC and IP addresses',
    holds: [
      'no exception, at once or later',
      'never more transfers than were allowed',
      'the heap does not grow by more than tables of 20,000 nodes take, 60 MB (looked at once a minute)',
    ],
    longestBytes: 8_192,
    seeds: wholeBoots(),
    mutations: exchangeMutations,
    mostGrowthBytes: fullTablesBytes,
    mostWork: (bytes) => 20_000_000 + 2_000 * bytes,
    run: async (bytes) => {
      const client = crowd.next()
      for (const exchange of exchangesOf(bytes)) {
        deliver(host, client, exchange, dataPorts)
        if (exchange.waitMs > 0) await clock.advance(exchange.waitMs)
      }
      await clock.advance(20)
      if (engine.runningTransfers > maxTransfers) assert.fail(`${engine.runningTransfers} transfers`)
    },
    close: async () => {
      await engine.stop()
      feed.close()
    },
  }
}

interface Client {
  readonly address: string
  readonly mac: readonly number[]
  readonly portShift: number
}

const clients = 4_096

/** Always somebody new: four billion of them. */
class Crowd {
  #count = 0

  next(): Client {
    const count = this.#count++
    const bytes = [(count >> 16) & 255, (count >> 8) & 255, count & 255]
    return { address: `10.${bytes.join('.')}`, mac: [2, 0, 0, ...bytes], portShift: count % clients }
  }
}

function deliver(
  host: MemoryHost,
  { address, mac, portShift }: Client,
  { bytes, from, to }: Exchange,
  dataPorts: ReadonlyMap<number, number>,
): void {
  const isDhcp = to.port !== undefined && to.port !== 69
  if (isDhcp && bytes.length >= macAt + mac.length) bytes.set(mac, macAt)
  const source =
    from.address === '0.0.0.0' || from.port === 0
      ? from
      : { address, port: 8_192 + portShift + (from.port % 2) * clients }
  const port = to.port ?? dataPorts.get(source.port % clients) ?? 69
  host.deliver(nic, bytes, source, { address: to.address, port })
}
