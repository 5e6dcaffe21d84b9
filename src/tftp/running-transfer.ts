import type { DatagramSocket, Endpoint } from '../net/datagram.ts'
import { encode } from '../wire/tftp/encode.ts'
import type { TftpOptions } from '../wire/tftp/packet.ts'
import { type Blocks, blocksOf } from './blocks.ts'
import type { AboutTransfer } from './facts.ts'
import type { Outcome, Step, TftpEffect, TftpSession } from './session/state.ts'
import type { Timed } from './timer-wheel.ts'

export interface TransferParts {
  readonly about: AboutTransfer
  /** The datagram that asked, to know it again. */
  readonly request: Uint8Array
  readonly socket: DatagramSocket
  readonly bytes: Uint8Array
  readonly optionAck: TftpOptions
  readonly startedAtMs: number
}

/** A session with what its effects need: a socket, the file's datagrams, the client's address. */
export class RunningTransfer implements Timed {
  readonly about: AboutTransfer
  readonly request: Uint8Array
  readonly socket: DatagramSocket
  readonly startedAtMs: number
  session: TftpSession
  /** Last progress that was told. */
  reported: { readonly atMs: number; readonly bytes: number }
  wakeTick = -1
  readonly #blocks: Blocks
  readonly #optionAck: Uint8Array

  constructor(parts: TransferParts, session: TftpSession) {
    this.about = parts.about
    this.request = parts.request
    this.socket = parts.socket
    this.startedAtMs = parts.startedAtMs
    this.reported = { atMs: parts.startedAtMs, bytes: 0 }
    this.session = session
    this.#blocks = blocksOf(parts.bytes, session.transfer.blockBytes, session.transfer.wrapsTo)
    // Its own bytes: a piece of Node's pool of buffers would keep 64 kB alive for as long as the transfer.
    this.#optionAck = Uint8Array.from(encode({ type: 'oack', options: parts.optionAck }))
  }

  get client(): Endpoint {
    return this.about.client
  }

  get deadlineMs(): number {
    return this.session.deadlineMs
  }

  /** Goes to the step's state and sends what it says; the outcome when that was the end. */
  take({ session, effects }: Step): Outcome | undefined {
    this.session = session
    for (const effect of effects) {
      if (effect.type === 'end') return effect.outcome
      this.#send(effect)
    }
    return undefined
  }

  #send(effect: Exclude<TftpEffect, { type: 'end' }>): void {
    if (effect.type === 'send-option-ack') this.socket.send(this.#optionAck, this.client)
    else if (effect.count === 1) this.socket.send(this.#blocks.datagram(effect.first), this.client)
    else this.#sendWindow(effect.first, effect.count)
  }

  #sendWindow(first: number, count: number): void {
    const datagrams = this.#blocks.range(first, count)
    if (this.socket.sendMany !== undefined) this.socket.sendMany(datagrams, this.client)
    else for (const datagram of datagrams) this.socket.send(datagram, this.client)
  }
}
