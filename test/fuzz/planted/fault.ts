import type { FuzzTarget } from '../target.ts'

/**
 * A decoder with a fault behind four bytes, each compared by itself. By chance alone one input in
 * four billion gets there; what keeps the inputs that got one byte further gets there soon.
 */
function decode(bytes: Uint8Array): number {
  if (bytes[0] !== 0x7b) return 0
  if (bytes[1] !== 0xd3) return 1
  if (bytes[2] !== 0x1e) return 2
  if (bytes[3] === 0xa5) throw new Error('the planted fault')
  return 3
}

export async function open(): Promise<FuzzTarget> {
  return {
    feeds: 'a decoder with a planted fault',
    holds: ['nothing: it must be found'],
    longestBytes: 16,
    seeds: [new Uint8Array(8)],
    mostWork: () => 100,
    run: (bytes) => void decode(bytes),
  }
}
