import type { BootStories } from '../../events/stories.ts'
import { openHttpServer } from '../http/server.ts'
import type { LiveFeed } from '../live/feed.ts'
import { createHealth } from './health.ts'
import { createMetrics, type Metrics } from './metrics.ts'

export interface MetricsServer {
  readonly record: Metrics['record']
  readonly port: number | undefined
  close(): Promise<void>
}

/** `/metrics`, `/healthz` and `/readyz` on ADDRESS:PORT. Rejects when it cannot listen. */
export async function openMetricsServer(
  address: string,
  feed: LiveFeed,
  stories: BootStories,
): Promise<MetricsServer> {
  const metrics = await createMetrics(feed, stories)
  const health = createHealth(feed)
  const server = await openHttpServer({
    listen: hostAndPort(address),
    routes: {
      'GET /metrics': async () => {
        const { type, text } = await metrics.scrape()
        return { status: 200, type, body: text }
      },
      'GET /healthz': () => health.alive(),
      'GET /readyz': () => health.ready(),
    },
  }).catch((error) => {
    health.close()
    throw error
  })
  return {
    record: metrics.record,
    port: server.port,
    close: async () => {
      health.close()
      await server.close()
    },
  }
}

/** `127.0.0.1:9469`; the configuration has checked its form. */
export function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':')
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) }
}
