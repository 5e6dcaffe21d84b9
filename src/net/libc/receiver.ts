import type { Endpoint } from '../datagram.ts'
import { addressText, socketAddressBytes } from './address.ts'
import { MSG_DONTWAIT } from './constants.ts'
import type { Libc } from './libc.ts'

export interface Received {
  readonly bytes: Uint8Array
  readonly from: Endpoint
}

/** Most datagrams that one call takes. */
const mostPerCall = 64
/** Room for each: more than any MTU that DHCP is sent over; what is longer is cut, and does not decode. */
const datagramBytes = 2048

/*
 * One block of memory, laid out for recvmmsg(2) on 64-bit Linux:
 *
 *   messages    64×64     struct mmsghdr: msghdr (56), bytes received (4), padding
 *   vectors     64×16     struct iovec
 *   addresses   64×16     struct sockaddr_in
 *   datagrams   64×2048
 */
const messageBytes = 64
const lengthAt = 56
const vectorBytes = 16
const vectorsAt = mostPerCall * messageBytes
const addressesAt = vectorsAt + mostPerCall * vectorBytes
const datagramsAt = addressesAt + mostPerCall * socketAddressBytes
const arenaBytes = datagramsAt + mostPerCall * datagramBytes

/**
 * Takes many waiting datagrams in one system call, at a fraction of what the event loop needs for each
 * of them; one object serves every socket, for each call is complete in itself.
 */
export class Receiver {
  readonly #libc: Libc
  readonly #view = new DataView(new ArrayBuffer(arenaBytes))
  readonly #bytes = new Uint8Array(this.#view.buffer)
  readonly #base: bigint

  constructor(libc: Libc) {
    this.#libc = libc
    this.#base = libc.addressOf(this.#view)
    for (let index = 0; index < mostPerCall; index++) this.#layOut(index)
  }

  /** What waits now, at most 64 datagrams, with bytes of their own; empty when nothing does, or the call fails. */
  take(descriptor: number): Received[] {
    const count = this.#libc.recvmmsg(descriptor, this.#base, mostPerCall, MSG_DONTWAIT, 0n)
    return Array.from({ length: Math.max(0, count) }, (_, index) => this.#received(index))
  }

  #received(index: number): Received {
    const length = this.#view.getUint32(index * messageBytes + lengthAt, true)
    const start = datagramsAt + index * datagramBytes
    const address = addressesAt + index * socketAddressBytes
    return {
      bytes: this.#bytes.slice(start, start + Math.min(length, datagramBytes)),
      from: {
        address: addressText(this.#view.getUint32(address + 4, false)),
        port: this.#view.getUint16(address + 2, false),
      },
    }
  }

  #layOut(index: number): void {
    const message = index * messageBytes
    const vector = vectorsAt + index * vectorBytes
    this.#pointer(message, addressesAt + index * socketAddressBytes)
    this.#view.setUint32(message + 8, socketAddressBytes, true)
    this.#pointer(message + 16, vector)
    this.#view.setBigUint64(message + 24, 1n, true)
    this.#pointer(vector, datagramsAt + index * datagramBytes)
    this.#view.setBigUint64(vector + 8, BigInt(datagramBytes), true)
  }

  #pointer(at: number, target: number): void {
    this.#view.setBigUint64(at, this.#base + BigInt(target), true)
  }
}
