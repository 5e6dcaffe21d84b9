/** One UDP datagram as it went over the wire. */
export interface CapturedDatagram {
  /** Its number in the capture, from 1, as Wireshark counts. */
  readonly frame: number
  readonly atMs: number
  readonly sourceMac: string
  readonly source: { readonly address: string; readonly port: number }
  readonly destination: { readonly address: string; readonly port: number }
  readonly payload: Buffer
}

const microsecondMagic = 0xa1b2c3d4
const fileHeaderBytes = 24
const recordHeaderBytes = 16
const etherTypeIpv4 = 0x0800
const protocolUdp = 17

/**
 * The IPv4 UDP datagrams of a classic little-endian pcap file of Ethernet frames, as dumpcap writes
 * with `-P`. Later fragments are left out, and so is a record that was cut off at the end.
 */
export function readDatagrams(file: Buffer): CapturedDatagram[] {
  if (file.readUInt32LE(0) !== microsecondMagic) throw new Error('not a little-endian pcap file')
  const datagrams: CapturedDatagram[] = []
  for (let at = fileHeaderBytes, frame = 1; at + recordHeaderBytes <= file.length; frame++) {
    const atMs = file.readUInt32LE(at) * 1000 + file.readUInt32LE(at + 4) / 1000
    const end = at + recordHeaderBytes + file.readUInt32LE(at + 8)
    if (end > file.length) break
    const datagram = readFrame(file.subarray(at + recordHeaderBytes, end), frame, atMs)
    if (datagram !== undefined) datagrams.push(datagram)
    at = end
  }
  return datagrams
}

function readFrame(bytes: Buffer, frame: number, atMs: number): CapturedDatagram | undefined {
  if (bytes.length < 42 || bytes.readUInt16BE(12) !== etherTypeIpv4) return undefined
  const packet = bytes.subarray(14)
  const fragmentOffset = packet.readUInt16BE(6) & 0x1fff
  if (packet.readUInt8(9) !== protocolUdp || fragmentOffset !== 0) return undefined
  const segment = packet.subarray((packet.readUInt8(0) & 0x0f) * 4)
  return {
    frame,
    atMs,
    sourceMac: [...bytes.subarray(6, 12)].map((byte) => byte.toString(16).padStart(2, '0')).join(':'),
    source: { address: [...packet.subarray(12, 16)].join('.'), port: segment.readUInt16BE(0) },
    destination: { address: [...packet.subarray(16, 20)].join('.'), port: segment.readUInt16BE(2) },
    payload: Buffer.from(segment.subarray(8, segment.readUInt16BE(4))),
  }
}
