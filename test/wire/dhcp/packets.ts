import type { DhcpPacket } from '../../../src/wire/dhcp/packet.ts'

/** The smallest request that decodes; `changes` lay over it. */
export function packetWith(changes: Partial<DhcpPacket> = {}): DhcpPacket {
  return {
    op: 1,
    htype: 1,
    hlen: 6,
    hops: 0,
    xid: 0x1234_5678,
    secs: 0,
    flags: 0,
    ciaddr: '0.0.0.0',
    yiaddr: '0.0.0.0',
    siaddr: '0.0.0.0',
    giaddr: '0.0.0.0',
    chaddr: Uint8Array.of(0x52, 0x54, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    sname: '',
    file: '',
    options: new Map([[53, Uint8Array.of(1)]]),
    ...changes,
  }
}

/** Options from numbers, such as `options([53, [1]], [60, 'PXEClient'])`. */
export function options(...list: [code: number, value: string | number[]][]): DhcpPacket['options'] {
  return new Map(
    list.map(([code, value]) => [
      code,
      typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'latin1')) : Uint8Array.from(value),
    ]),
  )
}

/** A message laid out by hand: what stands at an offset, the cookie, then option bytes as they are. */
export function rawMessage(optionBytes: number[], at: Record<number, number[]> = {}): Uint8Array {
  const bytes = new Uint8Array(240 + optionBytes.length)
  bytes.set([1, 1, 6, 0], 0)
  bytes.set([0x52, 0x54, 0, 0, 0, 1], 28)
  bytes.set([0x63, 0x82, 0x53, 0x63], 236)
  bytes.set(optionBytes, 240)
  for (const [offset, values] of Object.entries(at)) bytes.set(values, Number(offset))
  return bytes
}
