import { createHash } from 'node:crypto'
import type { Clock } from '../net/datagram.ts'
import type { FetchResult } from '../node/tftp-client.ts'

const patienceMs = 30_000

/** Fetches a boot file as UEFI HTTP boot does: one GET, no redirect is followed. */
export async function fetchByHttp(url: string, clock: Clock): Promise<FetchResult> {
  const startedAtMs = clock.now()
  let receivedBytes = 0
  const failure = (detail: string): FetchResult => ({ ok: false, reason: 'refused', detail, receivedBytes })
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(patienceMs) })
    if (response.status !== 200) return failure(`HTTP status ${response.status}`)
    const hash = createHash('sha256')
    for await (const part of response.body ?? []) {
      hash.update(part)
      receivedBytes += part.length
    }
    return {
      ok: true,
      sizeBytes: receivedBytes,
      sha256: hash.digest('hex'),
      durationMs: clock.now() - startedAtMs,
      blockBytes: 0,
      windowSize: 0,
      retries: 0,
      discardedBlocks: 0,
    }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return failure(cause instanceof Error ? cause.message : String(cause))
  }
}
