const lineFeed = 0x0a
const carriageReturn = 0x0d

/**
 * Netascii (RFC 764, as RFC 1350 §1 uses it): LF travels as CR LF and CR as CR NUL. The tftp-hpa
 * client asks for it unless told otherwise, and undoes it, so that a binary arrives as it was; sent
 * untranslated, every CR LF in it would lose a byte.
 */
export function toNetascii(bytes: Uint8Array): Uint8Array {
  const target = new Uint8Array(bytes.length + countDoubled(bytes))
  let at = 0
  for (const byte of bytes) {
    if (byte === lineFeed) target[at++] = carriageReturn
    target[at++] = byte
    if (byte === carriageReturn) target[at++] = 0
  }
  return target
}

function countDoubled(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) if (byte === lineFeed || byte === carriageReturn) count++
  return count
}
