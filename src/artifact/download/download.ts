import { EmfPxeError } from '../../errors/error.ts'
import { translateError } from '../../errors/translate.ts'
import type { Clock } from '../../net/datagram.ts'
import { retryAfterMs } from '../../orchestrator/response.ts'
import { formatDuration, plural } from '../../ui/units.ts'
import { attempt, type Outcome, Refusal } from './attempt.ts'
import { type DownloadOptions, type DownloadResult, usualDownloadLimits } from './options.ts'
import { PartialFile } from './partial.ts'
import { type AttemptFailure, Patience } from './patience.ts'

/**
 * Fetches a file into memory: resumed after a cut, tried again with patience while the trouble may pass,
 * refused when it is too large or a web page.
 * @throws EmfPxeError the last attempt's error, with how often and how long it was tried; the signal's
 * reason when aborted
 */
export async function download(options: DownloadOptions): Promise<DownloadResult> {
  const { clock, patienceMs = usualDownloadLimits.patienceMs } = options
  const patience = new Patience({ patienceMs, random: options.random ?? Math.random })
  const partial = new PartialFile()
  const startedMs = clock.now()
  let mostBytes = 0
  for (let attempts = 1; ; attempts++) {
    try {
      return asResult(await attempt(partial, options), partial, attempts)
    } catch (error) {
      options.signal?.throwIfAborted()
      const failure = asFailure(error, partial.receivedBytes > mostBytes, options)
      mostBytes = Math.max(mostBytes, partial.receivedBytes)
      const elapsedMs = clock.now() - startedMs
      const delayMs = patience.next(failure, elapsedMs)
      if (delayMs === undefined) throw withHistory(failure.error, attempts, elapsedMs)
      options.onWaiting?.({ error: failure.error, delayMs, elapsedMs, patienceMs, attempts })
      await wait(clock, delayMs, options.signal)
    }
  }
}

function asResult({ kind, response }: Outcome, partial: PartialFile, attempts: number): DownloadResult {
  const servedCertificate = response.peerCertificate
  if (kind === 'unchanged') return { kind, etag: response.headers.etag, servedCertificate }
  return {
    kind: 'downloaded',
    bytes: partial.bytes(),
    etag: response.headers.etag,
    lastModified: response.headers['last-modified'],
    servedCertificate,
    attempts,
  }
}

function asFailure(
  error: unknown,
  hadProgress: boolean,
  { nowMs = Date.now }: DownloadOptions,
): AttemptFailure {
  if (error instanceof Refusal) {
    return { error: error.error, retryAfterMs: retryAfterMs(error.headers, nowMs()), hadProgress }
  }
  return { error: translateError(error), hadProgress }
}

/** The same error, saying that it was not for want of trying. */
function withHistory(error: EmfPxeError, attempts: number, elapsedMs: number): EmfPxeError {
  if (attempts === 1) return error
  return new EmfPxeError(error.code, {
    message: `${error.message} (tried ${plural(attempts, 'time')} in ${formatDuration(elapsedMs)})`,
    hint: error.hint,
    cause: error,
  })
}

async function wait(clock: Clock, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = clock.schedule(delayMs, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
