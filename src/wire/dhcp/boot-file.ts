import { DhcpOption } from './constants.ts'
import type { DhcpPacket } from './packet.ts'
import { bytesToTerminatedText } from './text.ts'

/**
 * The boot file a reply names. Option 67 wins over `file` (RFC 2132 §9.5, PXE 2.1 §2.3.1), as it
 * does in edk2 and iPXE. Undefined when neither says anything.
 */
export function bootFileName(packet: Pick<DhcpPacket, 'file' | 'options'>): string | undefined {
  const option = packet.options.get(DhcpOption.bootFileName)
  const name = option === undefined ? packet.file : bytesToTerminatedText(option)
  return name === '' ? undefined : name
}

/** Option 13 is in blocks of 512 bytes and two bytes long (RFC 2132 §3.15). */
const bootFileBlockBytes = 512
const mostBlocks = 0xffff

/** Option 13 for a file of this size, rounded up; undefined when the size does not fit in it. */
export function encodeBootFileSize(sizeBytes: number): Uint8Array | undefined {
  const blocks = Math.ceil(sizeBytes / bootFileBlockBytes)
  return blocks > mostBlocks ? undefined : Uint8Array.of(blocks >> 8, blocks & 0xff)
}
