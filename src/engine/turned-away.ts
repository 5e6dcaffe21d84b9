/** Each key may stand in one of four places, of which the one used longest ago is given up. */
const sets = 2 ** 17
const ways = 4

/** No firmware waits less than 2 s for an offer, or more than 32 s (edk2) before it asks again. */
const soonestMs = 1_500
const latestMs = 60_000

/**
 * Who was turned away, and when: 4 MB that remember the last half million requests, which is 25 s of
 * a flood of 20,000 a second.
 */
export class TurnedAway {
  readonly #keys = new Uint32Array(ways * sets)
  readonly #deciseconds = new Uint32Array(ways * sets)

  /** Notes a request; true when the same node asked before, as long ago as a node waits. */
  comesAgain(key: number, nowMs: number): boolean {
    const place = this.#placeOf(key)
    const now = Math.floor(nowMs / 100)
    const before = this.#keys[place] === key ? this.#deciseconds[place] : undefined
    const waitedMs = before === undefined ? 0 : (now - before) * 100
    const comesAgain = waitedMs >= soonestMs && waitedMs <= latestMs
    // Sent twice, or heard twice, it is one request: the first one's time stands.
    if (before !== undefined && waitedMs < soonestMs) return false
    this.#keys[place] = key
    this.#deciseconds[place] = now
    return comesAgain
  }

  #placeOf(key: number): number {
    const first = ways * (key % sets)
    let oldest = first
    for (let place = first; place < first + ways; place++) {
      if (this.#keys[place] === key) return place
      if ((this.#deciseconds[place] ?? 0) < (this.#deciseconds[oldest] ?? 0)) oldest = place
    }
    return oldest
  }
}
