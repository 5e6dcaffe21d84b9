import type { FuzzTarget } from '../target.ts'

/** Does not end for a record of length 0. */
function countRecords(bytes: Uint8Array): number {
  let records = 0
  for (let at = 0; at < bytes.length; at += bytes[at] ?? 1) records++
  return records
}

export async function open(): Promise<FuzzTarget> {
  return {
    feeds: 'a decoder that runs in circles',
    holds: ['nothing: it must be found'],
    longestBytes: 16,
    seeds: [Uint8Array.of(1, 2, 1, 1, 1)],
    mostWork: (bytes) => 10 + 2 * bytes,
    run: (bytes) => void countRecords(bytes),
  }
}
