import { RecentMap } from './recent-map.ts'
import { TokenBucket } from './token-bucket.ts'

/** Addresses remembered; more than the nodes of any one network. */
const mostRemembered = 16_384
/** How long an answer proves that an address is real. */
const provenForMs = 10 * 60_000
/** A node asks two or three times for each boot; a hundred virtual nodes behind one address fit too. */
const requestsAtOnce = 256
const requestsPerSecond = 64

/** What is known of client addresses: how often they ask, and which of them ever answered. */
export class Peers {
  readonly #requests = new RecentMap<string, TokenBucket>(mostRemembered)
  readonly #provenAtMs = new RecentMap<string, number>(mostRemembered)

  /** False when this address asks more often than any number of booting nodes would. */
  mayAsk(address: string, nowMs: number): boolean {
    const known = this.#requests.get(address)
    if (known !== undefined) return known.take(nowMs)
    const bucket = new TokenBucket(requestsAtOnce, requestsPerSecond, nowMs)
    this.#requests.set(address, bucket)
    return bucket.take(nowMs)
  }

  /** The address answered what we sent to it, so its requests are not forged. */
  prove(address: string, nowMs: number): void {
    this.#provenAtMs.set(address, nowMs)
  }

  isProven(address: string, nowMs: number): boolean {
    const provenAtMs = this.#provenAtMs.get(address)
    return provenAtMs !== undefined && nowMs - provenAtMs < provenForMs
  }
}
