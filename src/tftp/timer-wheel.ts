import type { Clock } from '../net/datagram.ts'

/** Something that wants to be looked at when its deadline has passed. */
export interface Timed {
  /** May move later or earlier at any time; call `watch` after it moved. */
  readonly deadlineMs: number
  /** The wheel's own note: tick at which it will look; -1 before and after. */
  wakeTick: number
}

const never = -1

const tickMs = 25
const slots = 256
const mostForgivenMs = 1000
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
  readonly #slots = Array.from({ length: slots }, () => new Set<Item>())
  #due: Item[] = []
  #lastTick = 0
  #cancel: (() => void) | undefined
  #turnAtMs = 0
  #graceUntilMs = 0

  constructor(clock: Clock, expired: (item: Item, nowMs: number) => void) {
    this.#clock = clock
    this.#expired = expired
  }

  /** Makes sure that the item is looked at soon after its deadline. */
  watch(item: Item): void {
    this.#put(item, item.deadlineMs)
  }

  /** Lets go of an item that has ended. */
  forget(item: Item): void {
    this.#slotOf(item.wakeTick)?.delete(item)
    item.wakeTick = never
  }

  #put(item: Item, atMs: number): void {
    const nowTick = Math.floor(this.#clock.now() / tickMs)
    // Empties the slots of the past first: after a pause of the process they are needed again.
    if (this.#cancel !== undefined) this.#collect(nowTick)
    const wanted = Math.max(nowTick + 1, Math.ceil(atMs / tickMs))
    const tick = Math.min(wanted, nowTick + slots - 1)
    if (item.wakeTick > nowTick && item.wakeTick <= tick) return
    this.#slotOf(item.wakeTick)?.delete(item)
    this.#slotOf(tick)?.add(item)
    item.wakeTick = tick
    if (this.#cancel === undefined) this.#start(nowTick)
  }

  #slotOf(tick: number): Set<Item> | undefined {
    return tick === never ? undefined : this.#slots[tick % slots]
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    for (const slot of this.#slots) slot.clear()
    this.#due = []
  }

  #start(nowTick: number): void {
    this.#lastTick = nowTick
    this.#turnIn(tickMs)
  }

  #turnIn(delayMs: number): void {
    this.#turnAtMs = this.#clock.now() + delayMs
    this.#cancel = this.#clock.schedule(delayMs, () => this.#turn())
  }

  #turn(): void {
    const nowMs = this.#clock.now()
    this.#forgiveLateness(nowMs)
    this.#collect(Math.floor(nowMs / tickMs))
    for (const item of this.#due.splice(0, mostAtOnce)) this.#look(item, nowMs)
    if (this.#due.length > 0) this.#turnIn(0)
    else if (this.#slots.some((slot) => slot.size > 0)) this.#turnIn(tickMs)
    else this.#cancel = undefined
  }

  /**
   * Time that this process did not get is not silence of the clients: their datagrams wait in the
   * sockets and will be read first.
   */
  #forgiveLateness(nowMs: number): void {
    const lateMs = Math.min(nowMs - this.#turnAtMs, mostForgivenMs)
    if (lateMs > tickMs) this.#graceUntilMs = nowMs + lateMs
  }

  /** Gathers what fell due since the last turn; after a long pause the whole wheel, once. */
  #collect(nowTick: number): void {
    const first = Math.max(this.#lastTick + 1, nowTick - slots + 1)
    for (let tick = first; tick <= nowTick; tick++) {
      const slot = this.#slots[tick % slots]
      for (const item of slot ?? []) this.#due.push(item)
      slot?.clear()
    }
    this.#lastTick = Math.max(this.#lastTick, nowTick)
  }

  #look(item: Item, nowMs: number): void {
    // Ended, or moved on to a later slot, while it waited for its turn.
    if (item.wakeTick === never || item.wakeTick * tickMs > nowMs) return
    const graceMs = item.deadlineMs <= nowMs ? this.#graceUntilMs - nowMs : 0
    if (item.deadlineMs <= nowMs && graceMs <= 0) this.#expired(item, nowMs)
    if (item.wakeTick !== never) this.#put(item, Math.max(item.deadlineMs, nowMs + graceMs))
  }
}
