import { RecentMap } from './recent-map.ts'
import { TokenBucket } from './token-bucket.ts'

/** Addresses remembered; more than the nodes of any one network. */
const mostRemembered = 16_384
/** A node asks two or three times for each boot; a hundred virtual nodes behind one address fit too. */
const requestsAtOnce = 256
const requestsPerSecond = 64

/** How often each address asks. */
export class RequestRates {
  readonly #buckets = new RecentMap<string, TokenBucket>(mostRemembered)

  /** False when this address asks more often than any number of booting nodes would. */
  mayAsk(address: string, nowMs: number): boolean {
    const known = this.#buckets.get(address)
    if (known !== undefined) return known.take(nowMs)
    const bucket = new TokenBucket(requestsAtOnce, requestsPerSecond, nowMs)
    this.#buckets.set(address, bucket)
    return bucket.take(nowMs)
  }
}
