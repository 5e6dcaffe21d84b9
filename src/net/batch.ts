import { mostPerCall } from './libc/sender.ts'

/** Largest UDP payload over IPv4: 65,535 less 20 bytes of IP header and 8 of UDP. */
const mostBytesPerCall = 65_507

/**
 * How many datagrams from the start can leave as one segmented message: all of one size, of which
 * the last may be shorter but not empty (UDP_SEGMENT cuts at fixed distances).
 */
export function leadingRun(datagrams: readonly Uint8Array[]): number {
  const size = datagrams[0]?.length ?? 0
  if (size === 0) return Math.min(1, datagrams.length)
  const most = Math.min(datagrams.length, mostPerCall, Math.floor(mostBytesPerCall / size))
  let count = 1
  while (count < most && datagrams[count]?.length === size) count++
  const next = datagrams[count]?.length ?? 0
  return count < most && next > 0 && next < size ? count + 1 : count
}
