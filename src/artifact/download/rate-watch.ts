import { EmfPxeError } from '../../errors/error.ts'
import type { Clock } from '../../net/datagram.ts'

export interface RateLimits {
  /** Each stretch of this length must bring enough. */
  readonly windowMs: number
  readonly minimumBytesPerSecond: number
}

/** Watches that bytes keep coming. Calls `onFailure` once: nothing came, or too little did. */
export class RateWatch {
  readonly #clock: Clock
  readonly #limits: RateLimits
  readonly #describe: () => string
  readonly #onFailure: (error: EmfPxeError) => void
  #windowBytes = 0
  #cancel: () => void

  /** `describe` names the file and how much of it there is, for the message. */
  constructor(
    clock: Clock,
    limits: RateLimits,
    describe: () => string,
    onFailure: (error: EmfPxeError) => void,
  ) {
    this.#clock = clock
    this.#limits = limits
    this.#describe = describe
    this.#onFailure = onFailure
    this.#cancel = this.#schedule()
  }

  received(bytes: number): void {
    this.#windowBytes += bytes
  }

  stop(): void {
    this.#cancel()
  }

  #schedule(): () => void {
    return this.#clock.schedule(this.#limits.windowMs, () => this.#check())
  }

  #check(): void {
    const { windowMs, minimumBytesPerSecond } = this.#limits
    const [came, wanted, seconds] = [
      this.#windowBytes,
      (minimumBytesPerSecond * windowMs) / 1000,
      windowMs / 1000,
    ]
    this.#windowBytes = 0
    if (came >= wanted) {
      this.#cancel = this.#schedule()
      return
    }
    const seen = came === 0 ? `nothing more for ${seconds} s` : `only ${came} bytes in ${seconds} s`
    const limit = came === 0 ? '' : `, wanted at least ${Math.ceil(wanted)}`
    this.#onFailure(
      new EmfPxeError(came === 0 ? 'RESPONSE_STALLED' : 'DOWNLOAD_TOO_SLOW', {
        message: `${this.#describe()}: ${seen}${limit}`,
      }),
    )
  }
}
