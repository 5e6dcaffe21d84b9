import type { DatagramSocket, Endpoint } from '../net/datagram.ts'
import { encode } from '../wire/tftp/encode.ts'
import type { TftpRequest } from '../wire/tftp/packet.ts'
import { answerTo, type Refusal } from './files.ts'
import { RunningTransfer } from './running-transfer.ts'
import type { ServerParts } from './server-parts.ts'
import { type NegotiationLimits, negotiate } from './session/negotiate.ts'
import { begin, transferOf } from './session/step.ts'

/** A request as it arrived. */
export interface Arrived {
  readonly request: TftpRequest
  readonly bytes: Uint8Array
  readonly client: Endpoint
  readonly atMs: number
}

/** Silence after which a client that repeats its request must have been reset. */
const resetAfterMs = 2000

/** Answers requests on one address: with a transfer, a refusal, or silence where a retry is better. */
export class Requests {
  readonly #parts: ServerParts
  readonly #limits: NegotiationLimits
  readonly #requestSocket: DatagramSocket
  readonly #dataSockets: readonly DatagramSocket[]
  /** By client address and port, which name a transfer (RFC 1350 §4). */
  readonly #running = new Map<string, RunningTransfer>()
  #nextSocket = 0

  constructor(
    parts: ServerParts,
    limits: NegotiationLimits,
    requestSocket: DatagramSocket,
    dataSockets: readonly DatagramSocket[],
  ) {
    this.#parts = parts
    this.#limits = limits
    this.#requestSocket = requestSocket
    this.#dataSockets = dataSockets
  }

  get running(): Iterable<RunningTransfer> {
    return this.#running.values()
  }

  transferOf(client: Endpoint): RunningTransfer | undefined {
    return this.#running.get(keyOf(client))
  }

  take(arrived: Arrived): void {
    const { client, atMs } = arrived
    const running = this.transferOf(client)
    if (!this.#parts.rates.mayAsk(client.address, atMs)) this.#drop(arrived, 'tftp-asks-too-often')
    else if (running === undefined) this.#answer(arrived)
    else this.#askedAgain(running, arrived)
  }

  /** The same request repeats its answer (RFC 1350 §4); another one, or one after a reset, replaces it. */
  #askedAgain(running: RunningTransfer, arrived: Arrived): void {
    const { transfers } = this.#parts
    const { bytes, atMs } = arrived
    const { heard, progressAtMs } = running.session
    const same = Buffer.compare(running.request, bytes) === 0
    if (same && !heard) transfers.play(running, { type: 'repeated', atMs })
    else if (!same || atMs - progressAtMs >= resetAfterMs) {
      transfers.play(running, { type: 'superseded', atMs })
      this.#answer(arrived)
    }
  }

  #answer(arrived: Arrived): void {
    const answer = answerTo(arrived.request, this.#parts.lookup)
    if (answer.kind === 'refuse') this.#refuse(arrived, answer)
    else this.#serve(arrived, answer.name, answer.bytes)
  }

  #refuse({ request, client }: Arrived, { reason, code, message }: Refusal): void {
    this.#requestSocket.send(encode({ type: 'error', code, message }), client)
    const serverAddress = this.#requestSocket.local.address
    this.#parts.observe({ type: 'refused', client, serverAddress, file: request.filename, reason, code })
  }

  /** Where there is no room: silence rather than an ERROR, for the client asks again in 4 s. */
  #serve(arrived: Arrived, name: string, bytes: Uint8Array): void {
    const { transfers, isDraining } = this.#parts
    const { client, atMs } = arrived
    const full = isDraining() ? 'tftp-stopping' : transfers.refusal(client.address, atMs)
    if (full === undefined) this.#begin(arrived, name, bytes)
    else this.#drop(arrived, full)
  }

  #begin({ request, bytes, client, atMs }: Arrived, file: string, fileBytes: Uint8Array): void {
    const { transfers, nextTransfer } = this.#parts
    const totalBytes = fileBytes.length
    const negotiated = negotiate(request.options, totalBytes, this.#limits)
    const first = begin(transferOf(negotiated, totalBytes), atMs)
    const serverAddress = this.#requestSocket.local.address
    const transfer = new RunningTransfer(
      {
        about: { transfer: nextTransfer(), client, serverAddress, file, totalBytes },
        request: Uint8Array.from(bytes),
        socket: this.#dataSocket(),
        bytes: fileBytes,
        optionAck: negotiated.answer,
        startedAtMs: atMs,
      },
      first.session,
    )
    const key = keyOf(client)
    this.#running.set(key, transfer)
    transfers.add(transfer, first, () => this.#running.delete(key))
  }

  /** In turn, so that the next transfer of a client leaves from another port. */
  #dataSocket(): DatagramSocket {
    this.#nextSocket = (this.#nextSocket + 1) % this.#dataSockets.length
    return this.#dataSockets[this.#nextSocket] ?? this.#requestSocket
  }

  #drop({ client, request, atMs }: Arrived, reason: string): void {
    const serverAddress = this.#requestSocket.local.address
    this.#parts.drops.drop({ client, serverAddress, reason, detail: `asked for ${request.filename}` }, atMs)
  }
}

function keyOf(client: Endpoint): string {
  return `${client.address}:${client.port}`
}
