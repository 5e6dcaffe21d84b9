/** What ended a wait that was given up: silence for too long, or the caller. */
export class Silence extends Error {
  override readonly name = 'Silence'
}

/**
 * Waits for `promise`, but no longer than `timeoutMs`, and no longer than the caller wants to.
 * Rejects with `Silence` after the time, with the signal's reason when aborted; `giveUp` then
 * frees what the promise was waiting for.
 */
export async function withPatience<T>(
  promise: Promise<T>,
  { timeoutMs, signal, giveUp }: { timeoutMs: number; signal?: AbortSignal | undefined; giveUp: () => void },
): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Silence(`nothing for ${timeoutMs} ms`)), timeoutMs)
  const abort = () => reject(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted) abort()
  try {
    return await Promise.race([promise, ended])
  } catch (error) {
    giveUp()
    promise.catch(() => undefined)
    throw error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}
