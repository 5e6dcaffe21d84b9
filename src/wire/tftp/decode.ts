import { type Decoded, decoded, malformed } from '../decoded.ts'
import { dataHeaderBytes, opcode, requestBytesLimit } from './constants.ts'
import { readOptions } from './options.ts'
import type { TftpPacket } from './packet.ts'
import { latin1, readText } from './text.ts'

/**
 * Decodes one datagram. Never throws; `data` of a DATA packet is a view into `bytes`.
 * Problems: `tftp-too-short`, `tftp-unknown-opcode`, `tftp-request-too-long`, `tftp-unterminated-text`.
 */
export function decode(bytes: Uint8Array): Decoded<TftpPacket> {
  if (bytes.length < dataHeaderBytes)
    return malformed('tftp-too-short', `${bytes.length} bytes, at least ${dataHeaderBytes} wanted`)
  const operation = uint16(bytes, 0)
  switch (operation) {
    case opcode.read:
      return decodeRequest('read', bytes)
    case opcode.write:
      return decodeRequest('write', bytes)
    case opcode.data:
      return decoded({ type: 'data', block: uint16(bytes, 2), data: bytes.subarray(dataHeaderBytes) })
    case opcode.ack:
      // Bytes after the block number are padding of an Ethernet driver: seen from old boot ROMs.
      return decoded({ type: 'ack', block: uint16(bytes, 2) })
    case opcode.error:
      return decoded({ type: 'error', code: uint16(bytes, 2), message: errorMessage(bytes) })
    case opcode.optionAck:
      return decodeOptionAck(bytes)
    default:
      return malformed('tftp-unknown-opcode', `opcode ${operation}`)
  }
}

function decodeRequest(type: 'read' | 'write', bytes: Uint8Array): Decoded<TftpPacket> {
  if (bytes.length > requestBytesLimit)
    return malformed('tftp-request-too-long', `${bytes.length} bytes, at most ${requestBytesLimit} wanted`)
  const filename = readText(bytes, 2)
  if (filename === undefined) return malformed('tftp-unterminated-text', 'file name')
  const mode = readText(bytes, filename.next)
  if (mode === undefined) return malformed('tftp-unterminated-text', 'mode')
  const options = readOptions(bytes, mode.next)
  if (!options.ok) return options
  return decoded({
    type,
    filename: withoutEndOption(filename.text),
    mode: mode.text.toLowerCase(),
    options: options.value,
  })
}

/**
 * BIOS ROMs that read DHCP option 67 without its length take the end option (255) that follows it
 * for part of the name.
 */
function withoutEndOption(name: string): string {
  return name.replace(/\xff+$/, '')
}

/** Up to the NUL; several clients leave the NUL out. */
function errorMessage(bytes: Uint8Array): string {
  const end = bytes.indexOf(0, dataHeaderBytes)
  return latin1(bytes, dataHeaderBytes, end < 0 ? bytes.length : end)
}

function decodeOptionAck(bytes: Uint8Array): Decoded<TftpPacket> {
  const options = readOptions(bytes, 2)
  return options.ok ? decoded({ type: 'oack', options: options.value }) : options
}

function uint16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0)
}
