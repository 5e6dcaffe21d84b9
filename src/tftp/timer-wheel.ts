import type { Clock } from '../net/datagram.ts'

/** Something that wants to be looked at when its deadline has passed. */
export interface Timed {
  /** May move later or earlier at any time; call `watch` after it moved. Infinity: never again. */
  readonly deadlineMs: number
  /** The wheel's own note: tick at which it will look. */
  wakeTick: number
}

const tickMs = 25
const slots = 256
/** Looked at in one go; the rest waits a turn, so that other sockets are read in between. */
const mostAtOnce = 128

/**
 * One timer for thousands of deadlines. An acknowledgement moves a deadline a thousand times a
 * second, nearly always later; the wheel leaves the item where it is and looks again when that
 * time comes, so moving costs a comparison.
 */
export class TimerWheel<Item extends Timed> {
  readonly #clock: Clock
  readonly #expired: (item: Item, nowMs: number) => void
  readonly #slots: Item[][] = Array.from({ length: slots }, () => [])
  #due: Item[] = []
  #watched = 0
  #lastTick = 0
  #cancel: (() => void) | undefined

  constructor(clock: Clock, expired: (item: Item, nowMs: number) => void) {
    this.#clock = clock
    this.#expired = expired
  }

  /** Makes sure that the item is looked at soon after its deadline. */
  watch(item: Item): void {
    const nowTick = Math.floor(this.#clock.now() / tickMs)
    // Empties the slots of the past first: after a pause of the process they are needed again.
    if (this.#cancel !== undefined) this.#collect(nowTick)
    const wanted = Math.max(nowTick + 1, Math.ceil(item.deadlineMs / tickMs))
    const tick = Math.min(wanted, nowTick + slots - 1)
    if (item.wakeTick > nowTick && item.wakeTick <= tick) return
    item.wakeTick = tick
    this.#slots[tick % slots]?.push(item)
    this.#watched++
    if (this.#cancel === undefined) this.#start(nowTick)
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    for (const slot of this.#slots) slot.length = 0
    this.#due = []
    this.#watched = 0
  }

  #start(nowTick: number): void {
    this.#lastTick = nowTick
    this.#cancel = this.#clock.schedule(tickMs, () => this.#turn())
  }

  #turn(): void {
    const nowMs = this.#clock.now()
    this.#collect(Math.floor(nowMs / tickMs))
    for (const item of this.#due.splice(0, mostAtOnce)) this.#look(item, nowMs)
    if (this.#watched === 0) this.#cancel = undefined
    else this.#cancel = this.#clock.schedule(this.#due.length > 0 ? 0 : tickMs, () => this.#turn())
  }

  /** Gathers what fell due since the last turn; after a long pause the whole wheel, once. */
  #collect(nowTick: number): void {
    const first = Math.max(this.#lastTick + 1, nowTick - slots + 1)
    for (let tick = first; tick <= nowTick; tick++) {
      const slot = this.#slots[tick % slots]
      if (slot !== undefined) this.#due.push(...slot.splice(0))
    }
    this.#lastTick = Math.max(this.#lastTick, nowTick)
  }

  #look(item: Item, nowMs: number): void {
    this.#watched--
    // Put earlier into another slot meanwhile: that entry counts.
    if (item.wakeTick * tickMs > nowMs || item.deadlineMs === Infinity) return
    if (item.deadlineMs <= nowMs) this.#expired(item, nowMs)
    if (item.deadlineMs !== Infinity) this.watch(item)
  }
}
