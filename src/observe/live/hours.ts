import type { ServeEvent } from '../../events/event.ts'
import { counterName, countOf } from '../counted.ts'
import type { LiveHour } from './snapshot.ts'

export const hourMs = 3_600_000
const keptHours = 24
/** Reasons are few; a fault that makes up new ones must not fill memory. */
const mostNames = 100

/** What happened in each of the last 24 hours. */
export class Hours {
  readonly #hours = new Map<number, Record<string, number>>()

  /** True when the event is counted. */
  count(event: ServeEvent): boolean {
    const name = counterName(event)
    if (name !== undefined) this.add(event.atMs, name, countOf(event))
    return name !== undefined
  }

  add(atMs: number, name: string, count: number): void {
    const hour = Math.floor(atMs / hourMs) * hourMs
    const counts = this.#hours.get(hour) ?? {}
    if (counts[name] === undefined && Object.keys(counts).length >= mostNames) return
    counts[name] = (counts[name] ?? 0) + count
    this.#hours.set(hour, counts)
    if (this.#hours.size > 2 * keptHours) this.#forget(hour)
  }

  /** Hours in which nothing happened are there too, empty. */
  lastDay(nowMs: number): LiveHour[] {
    const current = Math.floor(nowMs / hourMs) * hourMs
    return Array.from({ length: keptHours }, (_, index) => {
      const hour = current - (keptHours - 1 - index) * hourMs
      return { hourMs: hour, counts: { ...this.#hours.get(hour) } }
    })
  }

  #forget(latest: number): void {
    for (const hour of this.#hours.keys()) if (hour <= latest - keptHours * hourMs) this.#hours.delete(hour)
  }
}
