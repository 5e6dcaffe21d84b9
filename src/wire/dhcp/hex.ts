const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Lower-case hexadecimal, two digits a byte, with `separator` between bytes. */
export function bytesToHex(bytes: Uint8Array, separator = ''): string {
  let text = ''
  for (let index = 0; index < bytes.length; index++) {
    if (index > 0) text += separator
    text += pairs[bytes[index] ?? 0]
  }
  return text
}

/** Inverse of `bytesToHex`; colons, dashes and white space are skipped. Throws a RangeError for other text. */
export function hexToBytes(text: string): Uint8Array {
  const digits = text.replace(/[\s:-]/g, '')
  if (digits.length % 2 === 1 || /[^0-9a-f]/i.test(digits)) {
    throw new RangeError(`${JSON.stringify(text)} is not hexadecimal`)
  }
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  )
}
