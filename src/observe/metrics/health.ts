import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type Answer, json } from '../http/server.ts'
import type { LiveFeed } from '../live/feed.ts'

/** With turns this long, every node times out: as good as dead. */
const hopelessDelayMs = 2_000
/** Part of every sample: the time from one look to the next. */
const sampleMs = 20

export interface Health {
  /** `/healthz`: is a restart needed? */
  alive(): Answer
  /** `/readyz`: will a node that boots now be served? */
  ready(): Answer
  close(): void
}

/**
 * Two different questions. A service whose NIC has no cable is alive and not ready: a restart would
 * not help. One whose event loop hardly turns is not alive, whatever it says of its NICs.
 */
export function createHealth(feed: LiveFeed): Health {
  const delays = monitorEventLoopDelay({ resolution: sampleMs })
  delays.enable()
  return {
    alive: () => {
      const meanMs = Number.isFinite(delays.mean) ? delays.mean / 1e6 - sampleMs : 0
      const longestMs = delays.max / 1e6 - sampleMs
      // Each answer speaks of the time since the one before.
      delays.reset()
      const alive = meanMs < hopelessDelayMs
      const eventLoopDelayMs = { mean: rounded(meanMs), longest: rounded(longestMs) }
      return json({ status: alive ? 'alive' : 'stuck', eventLoopDelayMs }, alive ? 200 : 503)
    },
    ready: () => {
      const { ready, problems, service, interfaces } = feed.site
      const listening = interfaces.filter(({ state }) => state === 'listening').map(({ name }) => name)
      const document = { status: ready ? 'ready' : 'not ready', state: service.state, listening, problems }
      return json(document, ready ? 200 : 503)
    },
    close: () => delays.disable(),
  }
}

function rounded(milliseconds: number): number {
  return Math.round(Math.max(0, milliseconds) * 10) / 10
}
