import type { Config } from '../config/schema.ts'
import { errorMessage } from '../errors/error-message.ts'
import type { EventBus } from '../events/bus.ts'
import type { BootStories } from '../events/stories.ts'
import { EarlyEvents } from '../observe/early-events.ts'
import type { LiveFeed } from '../observe/live/feed.ts'

export interface ListenersParts {
  readonly feed: LiveFeed
  readonly stories: BootStories
  readonly bus: EventBus
  readonly readAsset: (name: string) => Buffer
  readonly warn: (message: string) => void
}

type Kind = keyof Config['listeners']

interface Open {
  readonly address: string
  close(): Promise<void>
}

/**
 * The HTTP listeners that the configuration asks for. They open after the engine, load their code
 * only when they are wanted, and one that cannot be opened is a warning: boots go on.
 */
export class Listeners {
  readonly #parts: ListenersParts
  readonly #open = new Map<Kind, Open>()
  readonly #early = new EarlyEvents()
  #stopCounting: (() => void) | undefined
  #queue: Promise<void> = Promise.resolve()

  constructor(parts: ListenersParts) {
    this.#parts = parts
  }

  /** Counts from now on, before the library that keeps the counts is loaded. */
  expect({ metrics }: Config['listeners']): void {
    if (metrics !== undefined) this.#stopCounting ??= this.#parts.bus.subscribe(this.#early.record)
  }

  /** Opens, moves and closes listeners as the configuration says. Never rejects. */
  follow(settings: Config['listeners']): Promise<void> {
    this.expect(settings)
    this.#queue = this.#queue.then(async () => {
      for (const kind of ['metrics', 'dashboard'] as const) await this.#settle(kind, settings[kind])
    })
    return this.#queue
  }

  async close(): Promise<void> {
    await this.follow({ metrics: undefined, dashboard: undefined })
    this.#stopCounting?.()
  }

  async #settle(kind: Kind, address: string | undefined): Promise<void> {
    const current = this.#open.get(kind)
    if (current?.address === address) return
    await current?.close()
    this.#open.delete(kind)
    if (address === undefined) return
    try {
      const close = kind === 'metrics' ? await this.#openMetrics(address) : await this.#openDashboard(address)
      this.#open.set(kind, { address, close })
    } catch (error) {
      const why = errorMessage(error)
      this.#parts.warn(`${kind} cannot be served on ${address}: ${why}`)
    }
  }

  async #openMetrics(address: string): Promise<() => Promise<void>> {
    const { openMetricsServer } = await import('../observe/metrics/server.ts')
    const { feed, stories } = this.#parts
    const server = await openMetricsServer(address, feed, stories)
    this.#early.handTo(server.record)
    return server.close
  }

  async #openDashboard(address: string): Promise<() => Promise<void>> {
    const { openDashboard } = await import('../observe/dashboard/server.ts')
    const { feed, readAsset } = this.#parts
    return (await openDashboard(address, feed, readAsset)).close
  }
}
