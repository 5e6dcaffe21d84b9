import type { DroppedFact } from './facts.ts'

const windowMs = 1000
const mostReasons = 64

interface Counted {
  sinceMs: number
  /** Seen since the last fact. */
  count: number
}

/** Turns a flood of dropped datagrams into one fact a second for each reason, with their number. */
export class QuietDrops {
  readonly #report: (fact: DroppedFact) => void
  readonly #reasons = new Map<string, Counted>()

  constructor(report: (fact: DroppedFact) => void) {
    this.#report = report
  }

  drop(fact: Omit<DroppedFact, 'type' | 'count'>, nowMs: number): void {
    const counted = this.#reasons.get(fact.reason)
    if (counted !== undefined && nowMs - counted.sinceMs < windowMs) {
      counted.count++
      return
    }
    if (this.#reasons.size >= mostReasons) this.#reasons.clear()
    this.#reasons.set(fact.reason, { sinceMs: nowMs, count: 0 })
    this.#report({ type: 'dropped', ...fact, count: 1 + (counted?.count ?? 0) })
  }
}
