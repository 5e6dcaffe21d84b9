import { createHash } from 'node:crypto'
import type { Clock } from '../net/datagram.ts'
import type { FetchResult } from '../node/tftp-client.ts'

const patienceMs = 30_000

/**
 * Fetches a boot file as UEFI HTTP boot does (edk2 HttpBootDxe): HEAD for the size, a refusal of which
 * is borne, then one GET; no redirect is followed. Firmware verifies https by the certificates enrolled
 * in it, which cannot be seen from here: this machine's authorities stand in for them.
 */
export async function fetchByHttp(url: string, clock: Clock): Promise<FetchResult> {
  const startedAtMs = clock.now()
  let receivedBytes = 0
  const failure = (detail: string): FetchResult => ({ ok: false, reason: 'refused', detail, receivedBytes })
  try {
    const options = { redirect: 'manual', signal: AbortSignal.timeout(patienceMs) } as const
    const size = await sizeOf(await fetch(url, { ...options, method: 'HEAD' }))
    const response = await fetch(url, options)
    if (response.status !== 200) return failure(refusal(response))
    const hash = createHash('sha256')
    for await (const part of response.body ?? []) {
      hash.update(part)
      receivedBytes += part.length
    }
    if (size !== undefined && size !== receivedBytes)
      return failure(`${receivedBytes} bytes came, ${size} were announced`)
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

async function sizeOf(response: Response): Promise<number | undefined> {
  await response.body?.cancel()
  const length = response.headers.get('content-length')
  return response.status === 200 && length !== null ? Number(length) : undefined
}

function refusal({ status, headers }: Response): string {
  const target = headers.get('location')
  return target === null
    ? `HTTP status ${status}`
    : `HTTP status ${status}, a redirect to ${target}, which firmware does not follow`
}
