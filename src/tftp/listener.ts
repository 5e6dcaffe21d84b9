import type { DatagramSocket, Endpoint } from '../net/datagram.ts'
import { errorCode } from '../wire/tftp/constants.ts'
import { decode } from '../wire/tftp/decode.ts'
import { encode } from '../wire/tftp/encode.ts'
import type { TftpPacket, TftpRequest } from '../wire/tftp/packet.ts'
import { Requests } from './requests.ts'
import type { ServerParts } from './server-parts.ts'
import type { NegotiationLimits } from './session/negotiate.ts'
import type { TftpEvent } from './session/state.ts'

/** What belongs to a transfer that is already running. */
type TransferPacket = Exclude<TftpPacket, TftpRequest>

const unknownTransfer = encode({
  type: 'error',
  code: errorCode.unknownTransferId,
  message: 'Unknown transfer ID',
})

/** One address of ours: the socket that requests come to, and those that transfers leave from. */
export class TftpListener {
  /** Where requests come to. */
  readonly local: Endpoint
  /** Ports that transfers leave from: what a firewall must let through. */
  readonly dataPorts: readonly number[]
  readonly #parts: ServerParts
  readonly #requestSocket: DatagramSocket
  readonly #sockets: ReadonlySet<DatagramSocket>
  readonly #requests: Requests

  /** Without data sockets, transfers leave from the request socket. */
  constructor(
    parts: ServerParts,
    limits: NegotiationLimits,
    requestSocket: DatagramSocket,
    dataSockets: readonly DatagramSocket[],
  ) {
    const senders = dataSockets.length === 0 ? [requestSocket] : dataSockets
    this.local = requestSocket.local
    this.dataPorts = senders.map((socket) => socket.local.port)
    this.#parts = parts
    this.#requestSocket = requestSocket
    this.#sockets = new Set([requestSocket, ...senders])
    this.#requests = new Requests(parts, limits, requestSocket, senders)
    for (const socket of this.#sockets) {
      socket.onMessage((bytes, from) => this.#receive(socket, bytes, from))
      socket.onError((error) => this.#drop(this.local, codeOf(error), error.message))
    }
  }

  /** Ends the transfers of this address with an ERROR to their clients, and closes its sockets. */
  close(): void {
    const atMs = this.#parts.clock.now()
    for (const transfer of [...this.#requests.running])
      this.#parts.transfers.play(transfer, { type: 'stop', atMs })
    for (const socket of this.#sockets) socket.close()
  }

  #receive(socket: DatagramSocket, bytes: Uint8Array, from: Endpoint): void {
    const packet = decode(bytes)
    const atMs = this.#parts.clock.now()
    if (!packet.ok) this.#drop(from, packet.problem, packet.detail)
    else if (!isRequest(packet.value)) this.#continue(socket, packet.value, from, atMs)
    else if (socket !== this.#requestSocket) this.#drop(from, 'tftp-request-on-data-port', '')
    else this.#requests.take({ request: packet.value, bytes, client: plain(from), atMs })
  }

  /** A datagram of a running transfer; or of none, which must not harm the one it pretends to be. */
  #continue(socket: DatagramSocket, packet: TransferPacket, from: Endpoint, atMs: number): void {
    const transfer = this.#requests.transferOf(from)
    const event = eventOf(packet, atMs)
    if (transfer === undefined || transfer.socket !== socket) this.#stray(socket, packet, from, atMs)
    else if (event === undefined) this.#drop(from, `tftp-unexpected-${packet.type}`, transfer.about.file)
    else this.#parts.transfers.play(transfer, event)
  }

  /** RFC 1350 §4: "an error packet should be sent to the source of the incorrect packet". */
  #stray(socket: DatagramSocket, packet: TransferPacket, from: Endpoint, atMs: number): void {
    this.#drop(from, 'tftp-unknown-transfer', `${packet.type} without a transfer`)
    // An ERROR is never answered with an ERROR, or two servers could talk forever.
    if (packet.type !== 'error' && this.#parts.strayErrors.take(atMs)) socket.send(unknownTransfer, from)
  }

  #drop(client: Endpoint, reason: string, detail: string): void {
    const serverAddress = this.local.address
    this.#parts.drops.drop({ client, serverAddress, reason, detail }, this.#parts.clock.now())
  }
}

/** Kept for as long as the transfer runs: without what else the socket knows of the datagram. */
function plain({ address, port }: Endpoint): Endpoint {
  return { address, port }
}

function isRequest(packet: TftpPacket): packet is TftpRequest {
  return packet.type === 'read' || packet.type === 'write'
}

function eventOf(packet: TransferPacket, atMs: number): TftpEvent | undefined {
  if (packet.type === 'ack') return { type: 'acknowledged', wireBlock: packet.block, atMs }
  if (packet.type !== 'error') return undefined
  return { type: 'client-error', code: packet.code, message: packet.message, atMs }
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : 'socket-error'
}
