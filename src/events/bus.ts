import type { EventSink, ServeEvent } from './event.ts'

/**
 * Hands each event to every subscriber, in order of subscription. A subscriber that throws is
 * reported once and never stops the others: watching must not break serving.
 */
export class EventBus {
  readonly #subscribers = new Set<EventSink>()
  readonly #onFault: (error: unknown) => void

  constructor(onFault: (error: unknown) => void = () => {}) {
    this.#onFault = onFault
  }

  readonly publish: EventSink = (event: ServeEvent) => {
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(event)
      } catch (error) {
        this.#onFault(error)
      }
    }
  }

  /** The returned function unsubscribes. */
  subscribe(subscriber: EventSink): () => void {
    this.#subscribers.add(subscriber)
    return () => this.#subscribers.delete(subscriber)
  }
}
