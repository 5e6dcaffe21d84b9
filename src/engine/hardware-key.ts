import { randomInt } from 'node:crypto'

/** `chaddr` in a BOOTP packet (RFC 951 §3). */
const start = 28
const end = 44

/**
 * Makes a function from a request's hardware address to a 32-bit number, never 0, that nobody outside
 * can predict: addresses made up to fall on one number would keep a real node out. FNV-1a with a secret
 * beginning, and the last mixing step of MurmurHash3, so that every bit of it depends on every byte.
 */
export function hardwareKeys(secret = randomInt(2 ** 32)): (bytes: Uint8Array) => number {
  return (bytes) => {
    let hash = secret
    for (let index = start; index < end; index++) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193)
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    return (hash ^ (hash >>> 16)) >>> 0 || 1
  }
}
