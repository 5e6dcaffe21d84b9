/** The kernel looks for an absent neighbour for 3 s (3 ARP requests), and keeps its entry for that long. */
const searchMs = 3_000
/** Searches at once. Linux keeps 1024 entries by default, for the whole machine (gc_thresh3). */
const mostSearches = 256
/** How often it is looked which searches have ended: a neighbour that is there is found within a millisecond. */
const lookEveryMs = 10
/** A neighbour once known is believed for a while, so that not every datagram asks for it. */
const believedMs = 10_000
const mostBelieved = 16_384

export type IsKnown = (address: string) => boolean

/**
 * Keeps requests in the names of absent neighbours from filling the kernel's neighbour table. Once it is
 * full, the kernel answers nobody's ARP request any more, and no node on the LAN gets anything from this
 * machine. A node that is there asked for our MAC address first, so the kernel knows it and its answers
 * always go out; of the others a few are searched for at a time.
 */
export class FirstContact {
  readonly #now: () => number
  #believed = new Map<string, number>()
  readonly #searches = new Map<string, { readonly sinceMs: number; readonly isKnown: IsKnown }>()
  #lookedAtMs = Number.NEGATIVE_INFINITY

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** False when the kernel would have to search for this neighbour, and searches for enough already. */
  mayReach(address: string, isKnown: IsKnown): boolean {
    const nowMs = this.#now()
    if ((this.#believed.get(address) ?? 0) > nowMs) return true
    if (!isKnown(address)) return this.#maySearch(address, isKnown, nowMs)
    if (this.#believed.size >= mostBelieved) this.#believed = new Map()
    this.#believed.set(address, nowMs + believedMs)
    return true
  }

  #maySearch(address: string, isKnown: IsKnown, nowMs: number): boolean {
    if (this.#searches.has(address)) return true
    if (this.#searches.size >= mostSearches) this.#forgetEnded(nowMs)
    if (this.#searches.size >= mostSearches) return false
    this.#searches.set(address, { sinceMs: nowMs, isKnown })
    return true
  }

  #forgetEnded(nowMs: number): void {
    if (nowMs - this.#lookedAtMs < lookEveryMs) return
    this.#lookedAtMs = nowMs
    for (const [address, { sinceMs, isKnown }] of this.#searches)
      if (nowMs - sinceMs >= searchMs || isKnown(address)) this.#searches.delete(address)
  }
}
