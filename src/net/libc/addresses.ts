import * as number from './constants.ts'
import type { Libc } from './libc.ts'
import { type NetlinkMessage, netlinkDump, parseAttributes } from './netlink.ts'

/** An IPv4 address of this machine. */
export interface LocalAddress {
  readonly interfaceIndex: number
  readonly address: string
  readonly prefixLength: number
}

const addressMessageBytes = 8

/**
 * Every IPv4 address of this network namespace, the first one of each NIC first.
 * `os.networkInterfaces()` leaves out NICs whose link is down, although they keep their address.
 * Undefined when the kernel did not answer.
 */
export function readLocalAddresses(libc: Libc): LocalAddress[] | undefined {
  const request = Buffer.alloc(addressMessageBytes)
  request.writeUInt8(number.AF_INET, 0)
  return netlinkDump(libc, number.RTM_GETADDR, request)?.flatMap((message) => parseAddress(message) ?? [])
}

/** `struct ifaddrmsg`: family, prefix length, flags, scope (one byte each), index (four); then attributes. */
export function parseAddress({ type, body }: NetlinkMessage): LocalAddress | undefined {
  const isAddress = type === number.RTM_NEWADDR && body.length >= addressMessageBytes
  if (!isAddress || body.readUInt8(0) !== number.AF_INET) return undefined
  const attributes = parseAttributes(body, addressMessageBytes)
  // On a point-to-point link IFA_ADDRESS is the other end; where both are given, IFA_LOCAL is ours.
  const value = attributes.get(number.IFA_LOCAL) ?? attributes.get(number.IFA_ADDRESS)
  if (value?.length !== 4) return undefined
  return { address: value.join('.'), prefixLength: body.readUInt8(1), interfaceIndex: body.readUInt32LE(4) }
}
