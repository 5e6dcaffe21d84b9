import type { EventSink } from '../events/event.ts'
import type { TurnedAwayReason } from './request-gate.ts'

const tellEveryMs = 10_000

const details: Readonly<Record<TurnedAwayReason, string>> = {
  'node-asks-too-often': 'one hardware address asks more than 16 times a second',
  'too-many-requests': 'more requests than any site has nodes; who asks again is answered first',
}

interface Counted {
  toldAtMs: number
  /** Turned away since it was told. */
  count: number
}

/** Tells of a flood at once, and then every 10 s while it lasts, instead of once for each datagram. */
export class RefusalTally {
  readonly #interface: string
  readonly #publish: EventSink
  readonly #counted = new Map<TurnedAwayReason, Counted>()

  constructor(nic: string, publish: EventSink) {
    this.#interface = nic
    this.#publish = publish
  }

  count(reason: TurnedAwayReason, nowMs: number): void {
    const counted = this.#counted.get(reason)
    if (counted !== undefined && nowMs - counted.toldAtMs < tellEveryMs) {
      counted.count += 1
      return
    }
    this.#counted.set(reason, { toldAtMs: nowMs, count: 0 })
    const count = 1 + (counted?.count ?? 0)
    const detail = details[reason]
    const atMs = Date.now()
    this.#publish({ atMs, type: 'packet.dropped', interface: this.#interface, reason, detail, count })
  }
}
