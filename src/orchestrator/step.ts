import type tls from 'node:tls'
import type { TrustPolicy } from './authorities.ts'
import { type Stage, translate } from './failures.ts'
import type { Lookup } from './lookup.ts'
import { withPatience } from './patience.ts'
import type { Destination, Environment } from './proxy.ts'

export interface ConnectOptions {
  readonly trust: TrustPolicy
  /** Where HTTPS_PROXY and NO_PROXY are looked up; default `process.env`, `{}` for no proxy. */
  readonly environment?: Environment
  readonly lookup?: Lookup
  /** Sends a name's connections elsewhere, past any proxy, while TLS and HTTP keep the name; for tests and the demo. */
  readonly connectTo?: (destination: Destination) => Destination | undefined
  /** Longest silence tolerated at each step: name, connection, proxy, handshake, answer. Default 15 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  readonly nowMs?: () => number
  /** Narrower TLS, to find out what a client such as iPXE would meet; trust is then not judged. */
  readonly tls?: Pick<
    tls.SecureContextOptions,
    'minVersion' | 'maxVersion' | 'ciphers' | 'ecdhCurve' | 'sigalgs'
  >
}

export const defaultTimeoutMs = 15_000

/** One step of a request: bounded, abortable, and its failure put into our words. */
export async function step<T>(
  stage: Stage,
  at: Destination,
  options: ConnectOptions,
  promise: Promise<T>,
  giveUp: () => void,
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  try {
    return await withPatience(promise, { timeoutMs, signal: options.signal, giveUp })
  } catch (error) {
    if (options.signal?.aborted === true) throw options.signal.reason
    throw translate(stage, error, at)
  }
}
