import { type Decoded, decoded, malformed } from '../decoded.ts'
import { bytesToAddress } from './address.ts'
import { DhcpOption } from './constants.ts'
import { joinOptions, type OptionParts, readOptions } from './options-area.ts'
import type { DhcpPacket } from './packet.ts'
import { ByteReader } from './reader.ts'
import { bytesToTerminatedText } from './text.ts'

/** RFC 2131 §3: 99.130.83.99, what tells DHCP from bare BOOTP. */
export const magicCookie = 0x63825363

/** `chaddr` is this long, whatever `hlen` says. */
const hardwareAddressBytes = 16

/** Which of the two fixed fields hold options (RFC 2132 §9.3). */
const Overload = { file: 1, serverName: 2 } as const

/**
 * Reads one DHCP message. Never throws, whatever the bytes. The packet shares no memory with
 * `bytes`. Problems: `truncated`, `truncated-option`, `unknown-operation`,
 * `hardware-address-too-long`, `missing-cookie`, `invalid-overload`.
 */
export function decode(bytes: Uint8Array): Decoded<DhcpPacket> {
  const reader = new ByteReader(new Uint8Array(bytes))
  const header = readHeader(reader)
  const options: OptionParts = new Map()
  readOptions(reader, 'the options', options)
  const overload = readOverload(reader, options)
  // RFC 3396 §5: an option split over several fields joins in the order options, file, sname.
  if (overload & Overload.file) readField(reader, header.file, 'file', options)
  if (overload & Overload.serverName) readField(reader, header.sname, 'sname', options)

  const failure = reader.failure()
  if (failure !== undefined) return malformed(failure.problem, failure.detail)
  return decoded({
    ...header,
    op: header.op as 1 | 2,
    sname: overload & Overload.serverName ? '' : bytesToTerminatedText(header.sname),
    file: overload & Overload.file ? '' : bytesToTerminatedText(header.file),
    options: joinOptions(options),
  })
}

/** The fixed part, field by field in the order of `packet.ts`. */
function readHeader(reader: ByteReader) {
  const header = {
    op: reader.u8('op'),
    htype: reader.u8('htype'),
    hlen: reader.u8('hlen'),
    hops: reader.u8('hops'),
    xid: reader.u32('xid'),
    secs: reader.u16('secs'),
    flags: reader.u16('flags'),
    ciaddr: bytesToAddress(reader.take(4, 'ciaddr')),
    yiaddr: bytesToAddress(reader.take(4, 'yiaddr')),
    siaddr: bytesToAddress(reader.take(4, 'siaddr')),
    giaddr: bytesToAddress(reader.take(4, 'giaddr')),
    chaddr: reader.take(hardwareAddressBytes, 'chaddr'),
    sname: reader.take(64, 'sname'),
    file: reader.take(128, 'file'),
  }
  if (header.op !== 1 && header.op !== 2) {
    reader.fail('unknown-operation', `op is ${header.op}; 1 (request) or 2 (reply) is wanted`)
  }
  if (header.hlen > hardwareAddressBytes) {
    reader.fail('hardware-address-too-long', `hlen is ${header.hlen}; at most 16 fit`)
  }
  const cookie = reader.u32('the magic cookie')
  if (cookie !== magicCookie) {
    reader.fail('missing-cookie', `0x${cookie.toString(16).padStart(8, '0')} stands where 0x63825363 should`)
  }
  return header
}

/** Option 52, taken out of the map: once its fields are read it has said what it had to say. */
function readOverload(reader: ByteReader, options: OptionParts): number {
  const value = options.get(DhcpOption.overload)
  if (value === undefined) return 0
  options.delete(DhcpOption.overload)
  const fields = value.length === 1 && !Array.isArray(value) ? (value[0] ?? 0) : 0
  if (fields < 1 || fields > 3) reader.fail('invalid-overload', 'option 52 is not one byte of 1, 2 or 3')
  return fields
}

function readField(reader: ByteReader, field: Uint8Array, name: string, options: OptionParts): void {
  const inner = new ByteReader(field)
  readOptions(inner, name, options)
  // An overload inside an overloaded field would send a reader in circles (RFC 2132 §9.3 allows it nowhere).
  if (options.delete(DhcpOption.overload)) inner.fail('invalid-overload', `option 52 inside ${name}`)
  const failure = inner.failure()
  if (failure !== undefined) reader.fail(failure.problem, failure.detail)
}
