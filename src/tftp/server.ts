import type { Clock, DatagramNetwork, DatagramOptions } from '../net/datagram.ts'
import { type DataPorts, openDataSockets } from './data-ports.ts'
import type { TftpObserver } from './facts.ts'
import type { FileLookup } from './files.ts'
import { TftpListener } from './listener.ts'
import { QuietDrops } from './quiet-drops.ts'
import { RequestRates } from './request-rates.ts'
import type { ServerParts } from './server-parts.ts'
import type { NegotiationLimits } from './session/negotiate.ts'
import { TokenBucket } from './token-bucket.ts'
import { type TransferLimits, Transfers } from './transfers.ts'

export interface TftpServerOptions {
  readonly network: DatagramNetwork
  readonly clock: Clock
  /** Asked at every request, so that a new artifact serves the next one. */
  readonly lookup: FileLookup
  readonly observe: TftpObserver
  readonly dataPorts: DataPorts
  readonly limits: TransferLimits & NegotiationLimits
}

export interface ListenOptions {
  readonly address: string
  readonly port: number
  readonly interface?: string
  readonly inheritedName?: string
  readonly receiveBufferBytes?: number
  /** Largest block that this interface carries unfragmented, when it is less than the server's. */
  readonly maxBlockBytes?: number
}

/** ERRORs a second to datagrams that belong to no transfer. */
const strayErrorsPerSecond = 100

/**
 * Serves files from memory on any number of addresses. Never throws on what comes from the network;
 * everything that happens is told to `observe`.
 */
export class TftpServer {
  readonly #options: TftpServerOptions
  readonly #parts: ServerParts
  readonly #listeners = new Set<TftpListener>()
  #draining = false

  constructor(options: TftpServerOptions) {
    const { clock, lookup, observe, limits } = options
    let started = 0
    this.#options = options
    this.#parts = {
      clock,
      lookup,
      observe,
      rates: new RequestRates(),
      drops: new QuietDrops(observe),
      transfers: new Transfers(clock, limits, observe),
      strayErrors: new TokenBucket(strayErrorsPerSecond, strayErrorsPerSecond, clock.now()),
      nextTransfer: () => ++started,
      isDraining: () => this.#draining,
    }
  }

  /** Transfers running now. */
  get transfers(): number {
    return this.#parts.transfers.count
  }

  /** Opens an address; rejects with the network's catalogued error. Close the result to leave it. */
  async listen(at: ListenOptions): Promise<TftpListener> {
    const { network, dataPorts, limits } = this.#options
    const { port, inheritedName, maxBlockBytes, ...shared } = at
    const request: DatagramOptions = {
      ...shared,
      port,
      ...(inheritedName !== undefined && { inheritedName }),
    }
    const requestSocket = await network.open(request)
    try {
      const dataSockets = await openDataSockets(network, dataPorts, shared)
      const here = { ...limits, maxBlockBytes: Math.min(limits.maxBlockBytes, maxBlockBytes ?? Infinity) }
      const listener = new TftpListener(this.#parts, here, requestSocket, dataSockets)
      this.#listeners.add(listener)
      return listener
    } catch (error) {
      requestSocket.close()
      throw error
    }
  }

  /** Takes no new transfers; resolves when the running ones have ended. */
  async drain(): Promise<void> {
    this.#draining = true
    await this.#parts.transfers.idle()
  }

  /** Ends every transfer with an ERROR to its client, and closes every socket. */
  close(): void {
    this.#draining = true
    this.#parts.transfers.stop()
    for (const listener of this.#listeners) listener.close()
    this.#listeners.clear()
  }
}
