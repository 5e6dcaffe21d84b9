import type { EmfPxeError } from '../../errors/error.ts'
import type { Clock } from '../../net/datagram.ts'
import type { HttpClient } from '../../orchestrator/http.ts'

export interface DownloadOptions {
  readonly client: Pick<HttpClient, 'get'>
  /** https URL of the file. */
  readonly url: string
  readonly clock: Clock
  /** What we have already: the answer may then be that nothing changed. */
  readonly known?: KnownVersions | undefined
  /** A larger file is refused. Default 64 MB. */
  readonly maxBytes?: number | undefined
  /** How long to go on trying. Default 15 minutes: so late a file can appear after an upgrade. */
  readonly patienceMs?: number | undefined
  /** Silence after which an attempt is given up. Default 30 s. */
  readonly stallMs?: number | undefined
  /** A slower download is given up, then resumed. Default 1 KiB/s. */
  readonly minimumBytesPerSecond?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined
  /** Told before each wait, so that a person learns why nothing happens. */
  readonly onWaiting?: ((waiting: DownloadWaiting) => void) | undefined
  /** 0 to 1; default `Math.random`. */
  readonly random?: (() => number) | undefined
  /** Wall clock for Retry-After dates; default `Date.now`. */
  readonly nowMs?: (() => number) | undefined
}

/** Validators of versions that need not come again (RFC 9110 §13.1). */
export interface KnownVersions {
  readonly etags: readonly string[]
  /** Only used when there is no ETag. */
  readonly lastModified?: string | undefined
}

export interface DownloadProgress {
  readonly receivedBytes: number
  /** Undefined when the server does not say. */
  readonly totalBytes: number | undefined
}

export interface DownloadWaiting {
  /** Why the last attempt failed. */
  readonly error: EmfPxeError
  readonly delayMs: number
  /** Since the first attempt. */
  readonly elapsedMs: number
  readonly patienceMs: number
  /** Attempts made so far. */
  readonly attempts: number
}

export type DownloadResult =
  | {
      readonly kind: 'unchanged'
      /** Of the version that the server has: one of the known ones. */
      readonly etag: string | undefined
      readonly servedCertificate: Buffer | undefined
    }
  | {
      readonly kind: 'downloaded'
      readonly bytes: Buffer
      readonly etag: string | undefined
      readonly lastModified: string | undefined
      /** DER of the certificate that the server showed with it. */
      readonly servedCertificate: Buffer | undefined
      readonly attempts: number
    }

export const usualDownloadLimits = {
  maxBytes: 64_000_000,
  patienceMs: 15 * 60_000,
  stallMs: 30_000,
  minimumBytesPerSecond: 1024,
} as const
