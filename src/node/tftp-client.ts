import { createHash } from 'node:crypto'
import type { Clock, DatagramNetwork, DatagramSocket, Endpoint } from '../net/datagram.ts'
import { decode } from '../wire/tftp/decode.ts'
import { encode } from '../wire/tftp/encode.ts'
import type { TftpProfile } from './tftp-profiles.ts'
import {
  type FetchProblem,
  type Purpose,
  type Receiver,
  type ReceiverOutcome,
  type ReceiverStep,
  receive,
  request,
  retry,
} from './tftp-receiver.ts'

export interface FetchOptions {
  readonly network: DatagramNetwork
  readonly clock: Clock
  /** Address and request port of the server. */
  readonly server: Endpoint
  readonly file: string
  readonly profile: TftpProfile
  /** Address of ours to ask from; default: the routing table's choice. */
  readonly localAddress?: string
  readonly interface?: string
  /** Sees the file's bytes as they come, in order; a view that is not valid for longer. */
  readonly onData?: (bytes: Uint8Array) => void
}

export interface Fetched {
  readonly ok: true
  /** Bytes that came; for a size probe the size that the server named. */
  readonly sizeBytes: number
  /** Lower-case hexadecimal, of the bytes that came. */
  readonly sha256: string
  readonly durationMs: number
  readonly blockBytes: number
  readonly windowSize: number
  /** Packets sent again after a timeout. */
  readonly retries: number
  /** Blocks that came twice or after a gap. */
  readonly discardedBlocks: number
}

export interface NotFetched {
  readonly ok: false
  readonly reason: FetchProblem
  /** May hold text from the network: to be escaped before it is shown. */
  readonly detail: string
  /** TFTP error code, when the server refused. */
  readonly code?: number
  readonly receivedBytes: number
}

export type FetchResult = Fetched | NotFetched

/**
 * Fetches one file as firmware does: the size probe first where the profile has one, then the file
 * from a new port. Rejects only when no socket can be opened.
 */
export async function fetchFile(options: FetchOptions): Promise<FetchResult> {
  const probe = options.profile.probesSize ? await probeSize(options) : undefined
  if (probe !== undefined && !probe.ok) return probe
  return await transfer(options, 'file')
}

/** Asks for the size and aborts with ERROR 8, as edk2 does before it fetches. */
export async function probeSize(options: FetchOptions): Promise<FetchResult> {
  return await transfer(options, 'size')
}

async function transfer(options: FetchOptions, purpose: Purpose): Promise<FetchResult> {
  const address = options.localAddress ?? '0.0.0.0'
  const nic = options.interface === undefined ? {} : { interface: options.interface }
  const socket = await options.network.open({ address, port: 0, ...nic })
  return await new Promise((resolve) => new Fetch(options, purpose, socket, resolve).start())
}

/** Drives one receiver over one socket. */
class Fetch {
  readonly #options: FetchOptions
  readonly #purpose: Purpose
  readonly #socket: DatagramSocket
  readonly #resolve: (result: FetchResult) => void
  readonly #hash = createHash('sha256')
  readonly #startedAtMs: number
  #receiver: Receiver | undefined
  /** The server's own port, known from its first answer; datagrams from others are ignored. */
  #serverPort: number | undefined
  #sentAtMs = 0
  #cancelTimer = () => {}

  constructor(
    options: FetchOptions,
    purpose: Purpose,
    socket: DatagramSocket,
    resolve: (result: FetchResult) => void,
  ) {
    this.#options = options
    this.#purpose = purpose
    this.#socket = socket
    this.#resolve = resolve
    this.#startedAtMs = options.clock.now()
  }

  start(): void {
    const { profile, file } = this.#options
    this.#socket.onMessage((bytes, from) => this.#arrived(bytes, from))
    // A send that fails is a datagram lost: the retries tell it apart from a server that is gone.
    this.#socket.onError(() => {})
    this.#take(request(profile, file, this.#purpose))
    this.#watch(profile.timeoutMs)
  }

  #arrived(bytes: Uint8Array, from: Endpoint): void {
    const { server } = this.#options
    if (from.address !== server.address || this.#receiver === undefined) return
    if (this.#serverPort !== undefined && from.port !== this.#serverPort) return
    const packet = decode(bytes)
    if (!packet.ok) return
    this.#serverPort = from.port
    this.#sentAtMs = this.#options.clock.now()
    this.#take(receive(this.#receiver, packet.value))
  }

  /** One timer for the whole transfer: it looks at when something last happened, and sleeps on. */
  #watch(delayMs: number): void {
    const { clock, profile } = this.#options
    this.#cancelTimer = clock.schedule(delayMs, () => {
      if (this.#receiver === undefined) return
      const leftMs = this.#sentAtMs + profile.timeoutMs - clock.now()
      if (leftMs <= 0) this.#take(retry(this.#receiver))
      if (this.#receiver.phase !== 'ended') this.#watch(leftMs > 0 ? leftMs : profile.timeoutMs)
    })
  }

  #take({ receiver, effects }: ReceiverStep): void {
    this.#receiver = receiver
    for (const effect of effects) {
      if (effect.type === 'send') this.#send(encode(effect.packet))
      else if (effect.type === 'data') this.#keep(effect.bytes)
      else this.#end(receiver, effect.outcome)
    }
  }

  #send(bytes: Uint8Array): void {
    const { server, clock } = this.#options
    this.#sentAtMs = clock.now()
    this.#socket.send(bytes, { address: server.address, port: this.#serverPort ?? server.port })
  }

  #keep(bytes: Uint8Array): void {
    this.#hash.update(bytes)
    this.#options.onData?.(bytes)
  }

  #end(receiver: Receiver, outcome: ReceiverOutcome): void {
    this.#cancelTimer()
    this.#socket.close()
    const { receivedBytes, totalBytes, blockBytes, windowSize, retries, discardedBlocks } = receiver
    const fetched: Fetched = {
      ok: true,
      sizeBytes: this.#purpose === 'size' ? (totalBytes ?? 0) : receivedBytes,
      sha256: this.#hash.digest('hex'),
      durationMs: this.#options.clock.now() - this.#startedAtMs,
      blockBytes,
      windowSize,
      retries,
      discardedBlocks,
    }
    this.#resolve(outcome.ok ? fetched : { ...outcome, receivedBytes })
  }
}
