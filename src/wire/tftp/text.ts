/**
 * Text in TFTP datagrams is bytes up to a NUL. It is kept as Latin-1, one character a byte, so that
 * any name survives a round trip; RFC 1350 asks for netascii, and firmware sends ASCII.
 */
export interface TextAt {
  readonly text: string
  /** Offset of the byte after the NUL. */
  readonly next: number
}

/** Reads one NUL-terminated text; undefined when no NUL follows. */
export function readText(bytes: Uint8Array, offset: number): TextAt | undefined {
  const end = bytes.indexOf(0, offset)
  return end < 0 ? undefined : { text: latin1(bytes, offset, end), next: end + 1 }
}

/** The bytes from `offset` up to `end` as Latin-1 text. */
export function latin1(bytes: Uint8Array, offset: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + offset, end - offset).toString('latin1')
}

/** Joins opcode, optional 16-bit number and NUL-terminated texts into one datagram. */
export function joinTexts(head: readonly number[], texts: readonly string[]): Uint8Array {
  return Buffer.concat([Buffer.from(head), Buffer.from(texts.map((text) => `${text}\0`).join(''), 'latin1')])
}
