/**
 * Fixed-size text fields hold bytes, not characters: Latin-1 keeps each byte as it came, so that a
 * name which is not ASCII survives decode and encode. Nothing here is safe to print as it is.
 */
export function bytesToText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

/** The text up to the first NUL, or all of it. */
export function bytesToTerminatedText(bytes: Uint8Array): string {
  if (bytes[0] === 0) return ''
  const end = bytes.indexOf(0)
  return bytesToText(end === -1 ? bytes : bytes.subarray(0, end))
}

/** Inverse of `bytesToText`. Throws a RangeError for a character that is no single byte. */
export function textToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 0xff) throw new RangeError(`character ${JSON.stringify(text[index])} does not fit in one byte`)
    bytes[index] = code
  }
  return bytes
}

/** As `textToBytes`, with a NUL at the end: firmware that forgets an option's length stops there. */
export function textToTerminatedBytes(text: string): Uint8Array {
  return textToBytes(`${text}\0`)
}
