import type { ErrorCode } from '../../errors/catalog.ts'
import type { EmfPxeError } from '../../errors/error.ts'

/** One attempt that did not bring the whole file. */
export interface AttemptFailure {
  readonly error: EmfPxeError
  /** What the server asked for with Retry-After. */
  readonly retryAfterMs?: number | undefined
  /** Did the attempt bring bytes that we had not? */
  readonly hadProgress: boolean
}

export interface PatienceOptions {
  /** Longest time from the first attempt to the start of the last. */
  readonly patienceMs: number
  /** 0 to 1. */
  readonly random: () => number
}

const firstDelayMs = 1_000
const longestDelayMs = 30_000
/** Attempts in a row that begin to send and then bring nothing new. */
const mostBarrenAttempts = 5

/** The file may come later: it is being built (404), the server is busy or restarting, the line is bad. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'HTTP_NOT_FOUND',
  'HTTP_RATE_LIMITED',
  'HTTP_SERVER_ERROR',
  'NAME_SERVER_SILENT',
  'NAME_SERVER_FAILED',
  'CONNECTION_REFUSED',
  'CONNECTION_TIMEOUT',
  'CONNECTION_CUT',
  'HOST_UNREACHABLE',
  'PROXY_UNREACHABLE',
  'RESPONSE_TIMEOUT',
  'RESPONSE_STALLED',
  'RESPONSE_TRUNCATED',
  'DOWNLOAD_TOO_SLOW',
  'NETWORK_FAILED',
])
const midway: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RESPONSE_STALLED',
  'RESPONSE_TRUNCATED',
  'DOWNLOAD_TOO_SLOW',
])

/** Decides after each failed attempt how long to wait, or to give up. Knows no clock: time is told to it. */
export class Patience {
  readonly #options: PatienceOptions
  #failuresInARow = 0
  #barrenAttempts = 0

  constructor(options: PatienceOptions) {
    this.#options = options
  }

  /** Milliseconds until the next attempt; undefined: enough. */
  next({ error, retryAfterMs, hadProgress }: AttemptFailure, elapsedMs: number): number | undefined {
    if (!passing.has(error.code)) return undefined
    this.#failuresInARow = hadProgress ? 1 : this.#failuresInARow + 1
    this.#barrenAttempts = midway.has(error.code) && !hadProgress ? this.#barrenAttempts + 1 : 0
    if (this.#barrenAttempts >= mostBarrenAttempts) return undefined
    const delayMs = Math.max(retryAfterMs ?? 0, this.#backoffMs())
    return elapsedMs + delayMs > this.#options.patienceMs ? undefined : delayMs
  }

  /** Doubles up to half a minute; half of it is chance, so that a thousand sites do not come back as one. */
  #backoffMs(): number {
    const ceiling = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(this.#failuresInARow - 1, 10))
    return Math.round(ceiling / 2 + (ceiling / 2) * this.#options.random())
  }
}
