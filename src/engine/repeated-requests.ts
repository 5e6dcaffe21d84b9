/** Heard through two NICs or relays, and sent twice by an impatient ROM, one DISCOVER is still fewer than this. */
const mostPerSecond = 16
const slots = 4096

/**
 * How often each node asks, in a table of fixed size: a node that shares its place with another one
 * takes it over, so that a collision lets too much in and never keeps a node out.
 */
export class RepeatedRequests {
  readonly #keys = new Uint32Array(slots)
  readonly #seconds = new Uint32Array(slots)
  readonly #counts = new Uint16Array(slots)

  /** Counts one request; true when it is one too many in this second. */
  isTooOften(key: number, nowMs: number): boolean {
    const slot = key % slots
    const second = Math.floor(nowMs / 1000)
    if (this.#keys[slot] !== key || this.#seconds[slot] !== second) {
      this.#keys[slot] = key
      this.#seconds[slot] = second
      this.#counts[slot] = 0
    }
    const count = this.#counts[slot] ?? 0
    if (count >= mostPerSecond) return true
    this.#counts[slot] = count + 1
    return false
  }
}
