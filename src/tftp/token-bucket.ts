/** So many at once, then so many a second. Time comes from the caller. */
export class TokenBucket {
  readonly #most: number
  readonly #perSecond: number
  #tokens: number
  #filledAtMs: number

  constructor(most: number, perSecond: number, nowMs: number) {
    this.#most = most
    this.#perSecond = perSecond
    this.#tokens = most
    this.#filledAtMs = nowMs
  }

  /** True when there was one to take. */
  take(nowMs: number): boolean {
    const earned = ((nowMs - this.#filledAtMs) / 1000) * this.#perSecond
    this.#tokens = Math.min(this.#most, this.#tokens + earned)
    this.#filledAtMs = nowMs
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
