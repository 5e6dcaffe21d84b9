/** An offer is late when it has waited this long; looking costs some microseconds. */
const lookEveryMs = 1

/**
 * Sockets whose datagrams do not wait until the event loop comes round to them. In a storm one round
 * is hundreds of acknowledgements long; between those the urgent ones are looked at.
 */
export class UrgentSockets {
  readonly #takers = new Set<() => void>()
  readonly #now: () => number
  #lookedAtMs = 0

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** `take` handles whatever waits on a socket; the returned function forgets it. */
  add(take: () => void): () => void {
    this.#takers.add(take)
    return () => this.#takers.delete(take)
  }

  /** Call after each datagram of any other socket. */
  look(): void {
    if (this.#takers.size === 0) return
    const nowMs = this.#now()
    if (nowMs - this.#lookedAtMs < lookEveryMs) return
    this.#lookedAtMs = nowMs
    for (const take of this.#takers) take()
  }
}
