import type { EventSink } from '../../events/event.ts'
import type { BootStories } from '../../events/stories.ts'
import type { LiveFeed } from '../live/feed.ts'
import { counters, gauges, histograms } from './catalog.ts'
import { type Count, countsOf } from './count.ts'
import { LabelGuard } from './label-guard.ts'
import { measure } from './measure.ts'

export interface Metrics {
  /** Subscribe it to the bus, after the stories. */
  readonly record: EventSink
  /** The Prometheus text format, and its media type. */
  scrape(): Promise<{ readonly type: string; readonly text: string }>
}

/** Gauges that the library names like counters; their breakdowns by type stay. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
] as const

/** Loads the library, which start-up does without, and makes every metric of the catalog. */
export async function createMetrics(feed: LiveFeed, stories: BootStories): Promise<Metrics> {
  const { Registry, Counter, Gauge, Histogram, collectDefaultMetrics } = await import('prom-client')
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  for (const name of misnamed) registry.removeSingleMetric(name)
  const countersMade = mapTable(
    counters,
    (name, { help, labels }) => new Counter<string>({ name, help, labelNames: labels, registers }),
  )
  const histogramsMade = mapTable(
    histograms,
    (name, { help, labels, buckets }) =>
      new Histogram<string>({ name, help, labelNames: labels, buckets: [...buckets], registers }),
  )
  const gaugesMade = mapTable(
    gauges,
    (name, { help, labels }) => new Gauge<string>({ name, help, labelNames: labels, registers }),
  )
  const guard = new LabelGuard()
  const take = (count: Count) => {
    if ('counter' in count)
      countersMade[count.counter].inc(guard.bound(count.counter, count.labels), count.by ?? 1)
    else histogramsMade[count.histogram].observe(guard.bound(count.histogram, count.labels), count.seconds)
  }
  return {
    record: (event) => {
      const story = 'mac' in event ? stories.get(event.mac) : undefined
      for (const count of countsOf(event, story)) take(count)
    },
    scrape: async () => {
      // What is no longer there (a NIC after a reload, an expiry) must not stand as 0 or as it was.
      for (const gauge of Object.values(gaugesMade)) {
        gauge.reset()
        gauge.remove({})
      }
      measure(feed, (name, value, labels = {}) => gaugesMade[name].set(labels, value))
      return { type: registry.contentType, text: await registry.metrics() }
    },
  }
}

function mapTable<Table extends object, Made>(
  table: Table,
  make: (name: string, settings: Table[keyof Table]) => Made,
): Record<keyof Table, Made> {
  const made = Object.entries(table).map(([name, settings]) => [name, make(name, settings)])
  return Object.fromEntries(made) as Record<keyof Table, Made>
}
