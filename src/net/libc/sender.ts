import { addressNumber, socketAddressBytes, writeSocketAddress } from './address.ts'
import * as number from './constants.ts'
import type { Libc } from './libc.ts'

/** How a datagram leaves, where the routing table may not decide (IP_PKTINFO, ip(7)). */
export interface Exit {
  readonly interfaceIndex: number
  /** Source address; `0.0.0.0` keeps the socket's own. */
  readonly sourceAddress: string
}

export interface Destination {
  readonly address: string
  readonly port: number
  readonly exit: Exit | undefined
}

/** Most datagrams that one call takes: UDP_MAX_SEGMENTS of kernels before 6.9. */
export const mostPerCall = 64

/*
 * One block of memory, laid out for sendmsg(2) and sendmmsg(2) on 64-bit Linux:
 *
 *   socket address   16   struct sockaddr_in
 *   packet info      32   cmsghdr + struct in_pktinfo
 *   segment size     24   cmsghdr + u16, right behind the packet info: both or either can be sent
 *   vectors       64×16   struct iovec
 *   messages      64×64   struct mmsghdr; the first is the msghdr of single sends
 */
const addressAt = 0
const packetInfoAt = 16
const packetInfoBytes = 32
const segmentAt = packetInfoAt + packetInfoBytes
const segmentBytes = 24
const vectorsAt = 72
const vectorBytes = 16
const messagesAt = vectorsAt + mostPerCall * vectorBytes
const messageBytes = 64
const arenaBytes = messagesAt + mostPerCall * messageBytes

/** Sends on descriptors without copying; one object serves every socket, for each call is complete in itself. */
export class Sender {
  readonly #libc: Libc
  readonly #view: DataView
  readonly #base: bigint
  #last: Destination | undefined

  constructor(libc: Libc) {
    this.#libc = libc
    this.#view = new DataView(new ArrayBuffer(arenaBytes))
    this.#base = libc.addressOf(this.#view)
    this.#writeConstants()
  }

  /** Sends one datagram; undefined, or the name of what went wrong (`EAGAIN`, `EPERM`…). */
  send(descriptor: number, bytes: Uint8Array, to: Destination): string | undefined {
    this.#address(to)
    this.#vector(0, bytes)
    this.#control(0, to.exit, false)
    return this.#sendFirst(descriptor, 1)
  }

  /**
   * Sends datagrams of one size (the last may be shorter) as one message that the kernel or the NIC
   * cuts apart (UDP_SEGMENT, Linux 4.18). At most `mostPerCall`, 65,507 bytes together.
   */
  sendSegments(
    descriptor: number,
    datagrams: readonly Uint8Array[],
    to: Destination,
    segmentSize: number,
  ): string | undefined {
    this.#address(to)
    datagrams.forEach((bytes, index) => {
      this.#vector(index, bytes)
    })
    this.#view.setUint16(segmentAt + 16, segmentSize, true)
    this.#control(0, to.exit, true)
    return this.#sendFirst(descriptor, datagrams.length)
  }

  /** Sends up to `mostPerCall` datagrams of any size; how many went, or what stopped the first. */
  sendEach(descriptor: number, datagrams: readonly Uint8Array[], to: Destination): number | string {
    this.#address(to)
    datagrams.forEach((bytes, index) => {
      this.#vector(index, bytes)
      this.#control(index, to.exit, false)
      this.#vectorsOf(index, index, 1)
    })
    const messages = this.#base + BigInt(messagesAt)
    const sent = this.#libc.sendmmsg(descriptor, messages, datagrams.length, number.MSG_DONTWAIT)
    return sent < 0 ? this.#libc.lastError() : sent
  }

  #sendFirst(descriptor: number, vectors: number): string | undefined {
    this.#vectorsOf(0, 0, vectors)
    const message = this.#base + BigInt(messagesAt)
    const sent = this.#libc.sendmsg(descriptor, message, number.MSG_DONTWAIT)
    return sent < 0n ? this.#libc.lastError() : undefined
  }

  #address(to: Destination): void {
    if (this.#last?.address === to.address && this.#last.port === to.port) return
    writeSocketAddress(this.#view, addressAt, to.address, to.port)
    this.#last = to
  }

  #vector(index: number, bytes: Uint8Array): void {
    const at = vectorsAt + index * vectorBytes
    this.#view.setBigUint64(at, this.#libc.addressOf(bytes), true)
    this.#view.setBigUint64(at + 8, BigInt(bytes.length), true)
  }

  #vectorsOf(message: number, first: number, count: number): void {
    const at = messagesAt + message * messageBytes
    this.#view.setBigUint64(at + 16, this.#base + BigInt(vectorsAt + first * vectorBytes), true)
    this.#view.setBigUint64(at + 24, BigInt(count), true)
  }

  #control(message: number, exit: Exit | undefined, segmented: boolean): void {
    const at = messagesAt + message * messageBytes
    const start = exit === undefined ? segmentAt : packetInfoAt
    const end = segmented ? segmentAt + segmentBytes : segmentAt
    this.#view.setBigUint64(at + 32, start === end ? 0n : this.#base + BigInt(start), true)
    this.#view.setBigUint64(at + 40, BigInt(end - start), true)
    if (exit === undefined) return
    this.#view.setInt32(packetInfoAt + 16, exit.interfaceIndex, true)
    this.#view.setUint32(packetInfoAt + 20, addressNumber(exit.sourceAddress), false)
  }

  #writeConstants(): void {
    this.#controlHeader(packetInfoAt, 12, number.IPPROTO_IP, number.IP_PKTINFO)
    this.#controlHeader(segmentAt, 2, number.IPPROTO_UDP, number.UDP_SEGMENT)
    for (let message = 0; message < mostPerCall; message++) {
      const at = messagesAt + message * messageBytes
      this.#view.setBigUint64(at, this.#base + BigInt(addressAt), true)
      this.#view.setUint32(at + 8, socketAddressBytes, true)
    }
  }

  /** `struct cmsghdr`: length with header, level, type. */
  #controlHeader(at: number, dataBytes: number, level: number, type: number): void {
    this.#view.setBigUint64(at, BigInt(16 + dataBytes), true)
    this.#view.setInt32(at + 8, level, true)
    this.#view.setInt32(at + 12, type, true)
  }
}
