import { dataHeaderBytes, opcode } from './constants.ts'
import { optionTexts } from './options.ts'
import type { TftpData, TftpPacket, TftpRequest } from './packet.ts'
import { joinTexts } from './text.ts'

/** Encodes any TFTP packet. Block numbers and error codes are taken modulo 65536. */
export function encode(packet: TftpPacket): Uint8Array {
  switch (packet.type) {
    case 'read':
    case 'write':
      return encodeRequest(packet)
    case 'data':
      return encodeData(packet)
    case 'ack':
      return Buffer.from([0, opcode.ack, ...uint16(packet.block)])
    case 'error':
      return joinTexts([0, opcode.error, ...uint16(packet.code)], [packet.message])
    case 'oack':
      return joinTexts([0, opcode.optionAck], optionTexts(packet.options))
  }
}

function encodeRequest(request: TftpRequest): Uint8Array {
  const operation = request.type === 'read' ? opcode.read : opcode.write
  return joinTexts([0, operation], [request.filename, request.mode, ...optionTexts(request.options)])
}

function encodeData(packet: TftpData): Uint8Array {
  const bytes = Buffer.allocUnsafe(dataHeaderBytes + packet.data.length)
  writeDataHeader(bytes, 0, packet.block)
  bytes.set(packet.data, dataHeaderBytes)
  return bytes
}

/** The fast path: four bytes in front of block bytes that are in place already. */
export function writeDataHeader(target: Uint8Array, offset: number, block: number): void {
  target[offset] = 0
  target[offset + 1] = opcode.data
  target[offset + 2] = (block >> 8) & 0xff
  target[offset + 3] = block & 0xff
}

function uint16(value: number): readonly [number, number] {
  return [(value >> 8) & 0xff, value & 0xff]
}
