import * as number from './constants.ts'
import type { Libc } from './libc.ts'

/** An IPv4 address of this machine. */
export interface LocalAddress {
  readonly interfaceIndex: number
  readonly address: string
  readonly prefixLength: number
}

const headerBytes = 16
const addressMessageBytes = 8
/** The kernel fills at most 32 KiB for one `recv` of a dump. */
const answerBytes = 32_768

/**
 * Every IPv4 address of this network namespace, first one of each NIC first, from rtnetlink(7).
 * `os.networkInterfaces()` leaves out NICs whose link is down, although they keep their address.
 * Undefined when the kernel did not answer.
 */
export function readLocalAddresses(libc: Libc): LocalAddress[] | undefined {
  const type = number.SOCK_RAW | number.SOCK_CLOEXEC | number.SOCK_NONBLOCK
  const descriptor = libc.socket(number.AF_NETLINK, type, number.NETLINK_ROUTE)
  if (descriptor < 0) return undefined
  try {
    const request = dumpRequest()
    if (libc.send(descriptor, request, BigInt(request.length), 0) < 0n) return undefined
    return receiveAll(libc, descriptor)
  } finally {
    libc.close(descriptor)
  }
}

function receiveAll(libc: Libc, descriptor: number): LocalAddress[] | undefined {
  const answer = Buffer.alloc(answerBytes)
  const addresses: LocalAddress[] = []
  for (;;) {
    const length = Number(libc.recv(descriptor, answer, BigInt(answerBytes), 0))
    if (length <= 0) return undefined
    const part = parseAddressMessages(answer.subarray(0, length))
    addresses.push(...part.addresses)
    if (part.complete) return addresses
  }
}

/** `struct nlmsghdr` with length, type, flags, sequence and port; then `struct ifaddrmsg` with the family. */
function dumpRequest(): Buffer {
  const request = Buffer.alloc(headerBytes + addressMessageBytes)
  request.writeUInt32LE(request.length, 0)
  request.writeUInt16LE(number.RTM_GETADDR, 4)
  request.writeUInt16LE(number.NLM_F_REQUEST | number.NLM_F_DUMP, 6)
  request.writeUInt8(number.AF_INET, headerBytes)
  return request
}

/** Reads a part of the answer; `complete` once the end of the dump was in it. */
export function parseAddressMessages(bytes: Buffer): {
  readonly addresses: LocalAddress[]
  readonly complete: boolean
} {
  const addresses: LocalAddress[] = []
  let offset = 0
  while (offset + headerBytes <= bytes.length) {
    const length = bytes.readUInt32LE(offset)
    const type = bytes.readUInt16LE(offset + 4)
    if (length < headerBytes || type !== number.RTM_NEWADDR) return { addresses, complete: true }
    const address = parseAddress(bytes.subarray(offset + headerBytes, offset + length))
    if (address !== undefined) addresses.push(address)
    offset += aligned(length)
  }
  return { addresses, complete: false }
}

/** `struct ifaddrmsg`: family, prefix length, flags, scope (one byte each), index (four); then attributes. */
function parseAddress(message: Buffer): LocalAddress | undefined {
  if (message.length < addressMessageBytes || message.readUInt8(0) !== number.AF_INET) return undefined
  let found: string | undefined
  let offset = addressMessageBytes
  while (offset + 8 <= message.length) {
    const length = message.readUInt16LE(offset)
    const type = message.readUInt16LE(offset + 2)
    const address = message.subarray(offset + 4, offset + 8).join('.')
    // On a point-to-point link IFA_ADDRESS is the other end; where both are given, IFA_LOCAL is ours.
    if (type === number.IFA_LOCAL || (type === number.IFA_ADDRESS && found === undefined)) found = address
    offset += aligned(Math.max(length, 4))
  }
  if (found === undefined) return undefined
  return { address: found, prefixLength: message.readUInt8(1), interfaceIndex: message.readUInt32LE(4) }
}

function aligned(length: number): number {
  return Math.ceil(length / 4) * 4
}
