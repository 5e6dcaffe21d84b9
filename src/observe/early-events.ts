import type { EventSink, ServeEvent } from '../events/event.ts'

const mostEvents = 10_000

/**
 * Keeps events for a subscriber that is still being loaded, so that starting fast costs it nothing.
 * Beyond some thousand the rest is not kept.
 */
export class EarlyEvents {
  #kept: ServeEvent[] | undefined = []
  #sink: EventSink = () => {}

  readonly record: EventSink = (event) => {
    if (this.#kept === undefined) this.#sink(event)
    else if (this.#kept.length < mostEvents) this.#kept.push(event)
  }

  /** Hands over what was kept, and everything from now on. */
  handTo(sink: EventSink): void {
    const kept = this.#kept ?? []
    this.#kept = undefined
    this.#sink = sink
    for (const event of kept) sink(event)
  }
}
