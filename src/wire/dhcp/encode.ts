import { writeAddress } from './address.ts'
import { DhcpOption } from './constants.ts'
import { magicCookie } from './decode.ts'
import type { DhcpOptions, DhcpPacket } from './packet.ts'
import { textToBytes } from './text.ts'

/** Old relays and BIOS ROMs drop what is shorter than a BOOTP message (RFC 1542 §2.1). */
const minimumPacketBytes = 300

const optionsOffset = 240
const longestValueBytes = 255

/**
 * Writes one DHCP message: options in the map's order, values over 255 bytes split (RFC 3396 §5),
 * 255 at the end, zeros up to 300 bytes. Options 0, 255 and 52 in the map are left out: the first
 * two are punctuation, the last would claim that `file` or `sname` hold options, which they never do here.
 *
 * Throws a RangeError when a field of ours cannot be represented: `sname` over 64 bytes, `file` over
 * 128, a character beyond one byte, an address that is no dotted quad. A packet that came from
 * `decode` always can.
 */
export function encode(packet: DhcpPacket): Uint8Array {
  const bytes = new Uint8Array(Math.max(minimumPacketBytes, optionsOffset + optionsBytes(packet.options) + 1))
  const view = new DataView(bytes.buffer)
  bytes[0] = packet.op
  bytes[1] = packet.htype
  bytes[2] = packet.hlen
  bytes[3] = packet.hops
  view.setUint32(4, packet.xid)
  view.setUint16(8, packet.secs)
  view.setUint16(10, packet.flags)
  writeAddress(bytes, 12, packet.ciaddr)
  writeAddress(bytes, 16, packet.yiaddr)
  writeAddress(bytes, 20, packet.siaddr)
  writeAddress(bytes, 24, packet.giaddr)
  bytes.set(packet.chaddr.subarray(0, 16), 28)
  writeText(bytes, 44, 64, 'sname', packet.sname)
  writeText(bytes, 108, 128, 'file', packet.file)
  view.setUint32(236, magicCookie)
  const end = writeOptions(bytes, optionsOffset, packet.options)
  bytes[end] = DhcpOption.end
  return bytes
}

function writeText(bytes: Uint8Array, offset: number, room: number, field: string, text: string): void {
  if (text === '') return
  const value = textToBytes(text)
  if (value.length > room) throw new RangeError(`${field} is ${value.length} bytes, ${room} fit`)
  bytes.set(value, offset)
}

function isWritten(code: number): boolean {
  return code !== DhcpOption.pad && code !== DhcpOption.end && code !== DhcpOption.overload
}

function optionsBytes(options: DhcpOptions): number {
  let total = 0
  for (const [code, { length }] of options) {
    if (isWritten(code)) total += length + 2 * Math.max(1, Math.ceil(length / longestValueBytes))
  }
  return total
}

function writeOptions(bytes: Uint8Array, start: number, options: DhcpOptions): number {
  let offset = start
  for (const [code, value] of options) {
    if (!isWritten(code)) continue
    let written = 0
    do {
      const part = value.subarray(written, written + longestValueBytes)
      bytes[offset] = code
      bytes[offset + 1] = part.length
      bytes.set(part, offset + 2)
      offset += 2 + part.length
      written += part.length
    } while (written < value.length)
  }
  return offset
}
