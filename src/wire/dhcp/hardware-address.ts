import { bytesToHex, hexToBytes } from './hex.ts'
import type { DhcpPacket } from './packet.ts'

/**
 * `chaddr` as lower-case `aa:bb:cc:dd:ee:ff`, as many bytes as `hlen` says (RFC 2131 §2).
 * Undefined when there is none to tell nodes apart by: no bytes, or all zero.
 */
export function macText(packet: Pick<DhcpPacket, 'chaddr' | 'hlen'>): string | undefined {
  const address = packet.chaddr.subarray(0, packet.hlen)
  return address.every((byte) => byte === 0) ? undefined : bytesToHex(address, ':')
}

/** The 16 bytes of `chaddr` for a MAC in text. Throws a RangeError when the text is no MAC address. */
export function macToHardwareAddress(mac: string): Uint8Array {
  const bytes = hexToBytes(mac)
  if (bytes.length !== 6) throw new RangeError(`${JSON.stringify(mac)} is not a MAC address`)
  const padded = new Uint8Array(16)
  padded.set(bytes)
  return padded
}
