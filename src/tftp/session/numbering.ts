/**
 * Blocks are counted from 1 without end inside this room; the wire has 16 bits. After 65535 the
 * number wraps to 0 (what nearly everybody does), or to 1 for clients that asked `rollover 1`.
 * Block 0 is the acknowledgement of our OACK.
 */
export function wireNumber(block: number, wrapsTo: 0 | 1): number {
  if (wrapsTo === 0 || block === 0) return block & 0xffff
  return ((block - 1) % 0xffff) + 1
}

/**
 * The block that an acknowledgement of `wire` means, given that only blocks from `from` (the last
 * acknowledged) to `to` (the last sent) can be meant; undefined for a number of the past.
 */
export function blockOf(wire: number, from: number, to: number, wrapsTo: 0 | 1): number | undefined {
  if (wrapsTo === 1 && wire === 0) return from === 0 ? 0 : undefined
  const cycle = wrapsTo === 0 ? 0x10000 : 0xffff
  const ahead = wire - wireNumber(from, wrapsTo)
  const block = from + (ahead < 0 ? ahead + cycle : ahead)
  return block <= to ? block : undefined
}

/** Number of the last block: a file that fills its blocks exactly ends with an empty one (RFC 1350 §6). */
export function lastBlockOf(sizeBytes: number, blockBytes: number): number {
  return Math.floor(sizeBytes / blockBytes) + 1
}
