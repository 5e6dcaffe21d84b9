import * as number from './constants.ts'
import type { Libc } from './libc.ts'

/** Instructions of the classic packet filter (<linux/bpf_common.h>). */
const loadHalfAt = 0x28
const loadByteAt = 0x30
const loadHalfBehindHeader = 0x48
const headerLength = 0xb1
const isEqual = 0x15
const hasBits = 0x45
const end = 0x06

/** Offsets in an Ethernet frame with IPv4; ports count from where the IP header would end without its own length. */
const at = { etherType: 12, ipHeader: 14, fragment: 20, protocol: 23, sourcePort: 14, destinationPort: 16 }
const etherTypeIpv4 = 0x0800
const fragmentOffsetMask = 0x1fff
const wholeFrame = 0xffff

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number]

/**
 * A socket that gets a copy of every frame of a NIC, sent or received, that carries a UDP datagram from
 * or to one of the ports: the kernel sorts out the rest. Undefined without CAP_NET_RAW.
 */
export function openPacketSocket(
  libc: Libc,
  device: string,
  etherType: number,
  ports: readonly number[],
): number | undefined {
  const index = libc.if_nametoindex(Buffer.from(`${device}\0`))
  // Index 0 would mean every NIC.
  if (index === 0) return undefined
  const type = number.SOCK_RAW | number.SOCK_CLOEXEC | number.SOCK_NONBLOCK
  // With protocol 0 nothing is received before the filter and the NIC are set.
  const descriptor = libc.socket(number.AF_PACKET, type, 0)
  if (descriptor < 0) return undefined
  const address = linkAddress(index, etherType)
  const isReady = attach(libc, descriptor, ports) && libc.bind(descriptor, address, address.length) === 0
  if (isReady) return descriptor
  libc.close(descriptor)
  return undefined
}

/** `struct sockaddr_ll`: family, protocol in network order, index of the NIC; the rest is for sending. */
function linkAddress(index: number, etherType: number): Buffer {
  const address = Buffer.alloc(20)
  address.writeUInt16LE(number.AF_PACKET, 0)
  address.writeUInt16BE(etherType, 2)
  address.writeInt32LE(index, 4)
  return address
}

/** `struct sock_fprog`: number of instructions, and where they are. */
function attach(libc: Libc, descriptor: number, ports: readonly number[]): boolean {
  const program = udpFilter(ports)
  const code = encodeFilter(program)
  const pointer = Buffer.alloc(16)
  pointer.writeUInt16LE(program.length, 0)
  pointer.writeBigUInt64LE(libc.addressOf(code), 8)
  return (
    libc.setsockopt(descriptor, number.SOL_SOCKET, number.SO_ATTACH_FILTER, pointer, pointer.length) === 0
  )
}

/** IPv4, UDP, first fragment, and one of the ports at either end; jumps count from the next instruction. */
function udpFilter(ports: readonly number[]): readonly Instruction[] {
  const checks = 7
  const drop = checks + 2 * (ports.length + 1)
  const accept = drop + 1
  const isPort = (first: number) =>
    ports.map((port, index): Instruction => [isEqual, accept - (first + index) - 1, 0, port])
  return [
    [loadHalfAt, 0, 0, at.etherType],
    [isEqual, 0, drop - 2, etherTypeIpv4],
    [loadByteAt, 0, 0, at.protocol],
    [isEqual, 0, drop - 4, number.IPPROTO_UDP],
    [loadHalfAt, 0, 0, at.fragment],
    [hasBits, drop - 6, 0, fragmentOffsetMask],
    [headerLength, 0, 0, at.ipHeader],
    [loadHalfBehindHeader, 0, 0, at.sourcePort],
    ...isPort(checks + 1),
    [loadHalfBehindHeader, 0, 0, at.destinationPort],
    ...isPort(checks + 2 + ports.length),
    [end, 0, 0, 0],
    [end, 0, 0, wholeFrame],
  ]
}

/** `struct sock_filter`: code (2), jump if true (1), jump if false (1), value (4). */
function encodeFilter(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(8 * program.length)
  program.forEach(([code, ifTrue, ifFalse, value], index) => {
    bytes.writeUInt16LE(code, 8 * index)
    bytes.writeUInt8(ifTrue, 8 * index + 2)
    bytes.writeUInt8(ifFalse, 8 * index + 3)
    bytes.writeUInt32LE(value, 8 * index + 4)
  })
  return bytes
}
