import { TokenBucket } from '../tftp/token-bucket.ts'
import { hardwareKeys } from './hardware-key.ts'
import { RepeatedRequests } from './repeated-requests.ts'
import { TurnedAway } from './turned-away.ts'

/** Why a request is turned away unread. */
export type TurnedAwayReason = 'node-asks-too-often' | 'too-many-requests'

/** All nodes of a large site at once, each with its DISCOVER and its REQUEST; a lasting flood earns no more than this. */
const requestsAtOnce = 10_000
const requestsPerSecond = 500

/**
 * Decides by hardware address alone, before a request is read, whether there is time for it. A storm of
 * booting nodes passes whole. In a flood of strangers those are answered who ask again after a while: all
 * firmware does (edk2 after 4, 8 and 16 s), a flood of made-up addresses does not.
 */
export class RequestGate {
  readonly #keyOf: (request: Uint8Array) => number
  readonly #repeated = new RepeatedRequests()
  readonly #newcomers: TokenBucket
  readonly #returning: TokenBucket
  /** Made in the first flood: it is large. */
  #turnedAway: TurnedAway | undefined

  /** Times are monotonic milliseconds; `keyOf` tells nodes apart. */
  constructor(nowMs: number, keyOf = hardwareKeys()) {
    this.#keyOf = keyOf
    this.#newcomers = new TokenBucket(requestsAtOnce, requestsPerSecond, nowMs)
    this.#returning = new TokenBucket(requestsAtOnce, requestsPerSecond, nowMs)
  }

  /** Undefined lets the datagram in. */
  refusal(bytes: Uint8Array, nowMs: number): TurnedAwayReason | undefined {
    const key = this.#keyOf(bytes)
    if (this.#repeated.isTooOften(key, nowMs)) return 'node-asks-too-often'
    if (this.#newcomers.take(nowMs)) return undefined
    this.#turnedAway ??= new TurnedAway()
    const comesAgain = this.#turnedAway.comesAgain(key, nowMs)
    return comesAgain && this.#returning.take(nowMs) ? undefined : 'too-many-requests'
  }
}
