import { socketAddressBytes, writeSocketAddress } from './address.ts'
import * as number from './constants.ts'
import { type Libc, systemCallError } from './libc.ts'

export interface DescriptorOptions {
  readonly address: string
  readonly port: number
  /** NIC that alone may receive and send. */
  readonly device: string | undefined
  readonly broadcast: boolean
  readonly receiveBufferBytes: number | undefined
  /** SO_REUSEADDR: take a port that others hold, when they allow it too. */
  readonly shared: boolean
}

/**
 * Answers to neighbours that do not exist wait 3 s for ARP, booked on the socket. With the kernel's own
 * 208 kB, 170 requests in such names held up the answers to everybody else.
 */
const sendBufferBytes = 8_000_000

/**
 * Makes a bound UDP descriptor. The device is set before the bind, so the socket never sees a
 * datagram of another NIC, and a holder of the same port on another NIC is no conflict.
 * Throws a `SystemCallError` and leaves no descriptor behind.
 */
export function openDescriptor(libc: Libc, options: DescriptorOptions): number {
  const type = number.SOCK_DGRAM | number.SOCK_CLOEXEC | number.SOCK_NONBLOCK
  const descriptor = libc.socket(number.AF_INET, type, 0)
  if (descriptor < 0) throw systemCallError('socket', libc.lastError())
  try {
    configure(libc, descriptor, options)
    bind(libc, descriptor, options)
    return descriptor
  } catch (error) {
    libc.close(descriptor)
    throw error
  }
}

function configure(libc: Libc, descriptor: number, options: DescriptorOptions): void {
  if (options.broadcast) setNumber(libc, descriptor, number.SOL_SOCKET, number.SO_BROADCAST, 1)
  if (options.shared) setNumber(libc, descriptor, number.SOL_SOCKET, number.SO_REUSEADDR, 1)
  if (options.device !== undefined) bindToDevice(libc, descriptor, options.device)
  if (options.receiveBufferBytes !== undefined)
    grow(libc, descriptor, receiveBuffer, options.receiveBufferBytes)
  grow(libc, descriptor, sendBuffer, sendBufferBytes)
  // Without "do not fragment", a narrower link on the way costs fragments; with it, and a router
  // whose ICMP is filtered, every block vanishes and the node gives up.
  setNumber(libc, descriptor, number.IPPROTO_IP, number.IP_MTU_DISCOVER, number.IP_PMTUDISC_DONT)
}

function bindToDevice(libc: Libc, descriptor: number, device: string): void {
  const name = Buffer.from(`${device}\0`)
  if (libc.setsockopt(descriptor, number.SOL_SOCKET, number.SO_BINDTODEVICE, name, name.length) < 0)
    throw systemCallError('setsockopt SO_BINDTODEVICE', libc.lastError())
}

const receiveBuffer = { forced: number.SO_RCVBUFFORCE, allowed: number.SO_RCVBUF }
const sendBuffer = { forced: number.SO_SNDBUFFORCE, allowed: number.SO_SNDBUF }

/** The forced way passes net.core.rmem_max or wmem_max but needs CAP_NET_ADMIN; the other takes what the limit allows. */
function grow(libc: Libc, descriptor: number, buffer: typeof receiveBuffer, bytes: number): void {
  const wish = int32(bytes)
  if (libc.setsockopt(descriptor, number.SOL_SOCKET, buffer.forced, wish, 4) < 0)
    libc.setsockopt(descriptor, number.SOL_SOCKET, buffer.allowed, wish, 4)
}

/** What the kernel granted, in bytes as asked for: it books twice that for its own overhead (socket(7)). */
export function grantedReceiveBuffer(libc: Libc, descriptor: number): number | undefined {
  const value = int32(0)
  const failed = libc.getsockopt(descriptor, number.SOL_SOCKET, number.SO_RCVBUF, value, int32(4)) < 0
  return failed ? undefined : value.readInt32LE(0) / 2
}

/** Name of the NIC that a descriptor is bound to; undefined when it is bound to none. */
export function boundDevice(libc: Libc, descriptor: number): string | undefined {
  const name = Buffer.alloc(16)
  const length = int32(name.length)
  if (libc.getsockopt(descriptor, number.SOL_SOCKET, number.SO_BINDTODEVICE, name, length) < 0)
    return undefined
  const text = name.toString('latin1', 0, length.readInt32LE(0)).replace(/\0.*$/s, '')
  return text === '' ? undefined : text
}

function bind(libc: Libc, descriptor: number, { address, port }: DescriptorOptions): void {
  const socketAddress = Buffer.alloc(socketAddressBytes)
  const view = new DataView(socketAddress.buffer, socketAddress.byteOffset, socketAddressBytes)
  writeSocketAddress(view, 0, address, port)
  if (libc.bind(descriptor, socketAddress, socketAddressBytes) < 0)
    throw systemCallError('bind', libc.lastError(), { address, port })
}

/** Whether sockets that ask for sharing may take the same address and port from now on. */
export function shareAddress(libc: Libc, descriptor: number, shared: boolean): void {
  setNumber(libc, descriptor, number.SOL_SOCKET, number.SO_REUSEADDR, shared ? 1 : 0)
}

function setNumber(libc: Libc, descriptor: number, level: number, option: number, value: number): void {
  if (libc.setsockopt(descriptor, level, option, int32(value), 4) < 0)
    throw systemCallError(`setsockopt ${option}`, libc.lastError())
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}
