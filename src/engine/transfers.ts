import type { Config } from '../config/schema.ts'
import type { EventSink, Happening, NodeReference } from '../events/event.ts'
import type { Clock, DatagramNetwork } from '../net/datagram.ts'
import type { NodeMemories } from '../proxydhcp/memory.ts'
import type { TftpFact } from '../tftp/facts.ts'
import type { FileLookup } from '../tftp/files.ts'
import { TftpServer } from '../tftp/server.ts'
import type { BootFiles } from './boot-files.ts'
import type { NodeDirectory } from './directory.ts'
import type { StationOptions } from './station.ts'

export interface TransfersParts {
  readonly network: DatagramNetwork
  readonly clock: Clock
  readonly publish: EventSink
  readonly files: BootFiles
  readonly directory: NodeDirectory
  readonly memories: NodeMemories
}

/** A site of nodes behind one translating router shares one address; more than this is not a site. */
const mostTransfersOfOneAddress = 64

/** The TFTP server of all NICs, speaking in events: it knows addresses, the directory knows nodes. */
export class EngineTransfers {
  readonly #parts: TransfersParts
  readonly #interfaces = new Map<string, string>()
  #server: TftpServer

  constructor(settings: Config['tftp'], parts: TransfersParts) {
    this.#parts = parts
    this.#server = this.#serverFor(settings)
  }

  get running(): number {
    return this.#server.transfers
  }

  /** Other settings for what is opened from now on; running transfers of the old ones end with their NIC. */
  configure(settings: Config['tftp']): void {
    this.#server = this.#serverFor(settings)
  }

  async open(station: StationOptions): Promise<{ close(): void }> {
    this.#interfaces.set(station.address, station.interface)
    return await this.#server.listen({
      address: station.address,
      port: station.ports.tftp,
      interface: station.interface,
      inheritedName: `tftp-${station.interface}`,
      receiveBufferBytes: station.receiveBufferBytes,
    })
  }

  drain(): Promise<void> {
    return this.#server.drain()
  }

  close(): void {
    this.#server.close()
  }

  #serverFor(settings: Config['tftp']): TftpServer {
    const { network, clock, files } = this.#parts
    return new TftpServer({
      network,
      clock,
      lookup: lookupIn(files),
      observe: (fact) => this.#observe(fact),
      dataPorts: settings.dataPorts,
      limits: {
        maxTransfers: settings.maxTransfers,
        maxTransfersPerAddress: mostTransfersOfOneAddress,
        maxBlockBytes: settings.maxBlockBytes,
        maxWindow: settings.maxWindow,
      },
    })
  }

  #observe(fact: TftpFact): void {
    const { clock, directory, memories, publish } = this.#parts
    const { address } = fact.client
    const mac = directory.macOf(address)
    const nic = this.#interfaces.get(fact.serverAddress) ?? ''
    if (fact.type === 'requested') memories.observeFetch(mac, clock.now())
    publish({ atMs: Date.now(), ...happeningOf(fact, { mac, interface: nic, address }) })
  }
}

function lookupIn(files: BootFiles): FileLookup {
  return (name) => files.lookup(name) ?? (files.isMissing(name) ? 'artifact-missing' : undefined)
}

function happeningOf(fact: TftpFact, node: NodeReference): Happening {
  switch (fact.type) {
    case 'requested': {
      const { transfer, file, blockBytes: blockSize, windowSize } = fact
      return { type: 'tftp.requested', transfer, file, blockSize, windowSize, ...node }
    }
    case 'probed':
      return { type: 'tftp.probed', transfer: fact.transfer, file: fact.file, ...node }
    case 'progress': {
      const { transfer, file, sentBytes, totalBytes } = fact
      return { type: 'tftp.progress', transfer, file, sentBytes, totalBytes, ...node }
    }
    case 'completed': {
      const { transfer, file, totalBytes, durationMs, resentBlocks } = fact
      return { type: 'tftp.completed', transfer, file, totalBytes, durationMs, resentBlocks, ...node }
    }
    case 'failed': {
      const { transfer, file, reason, detail, block, sentBytes, totalBytes } = fact
      return { type: 'tftp.failed', transfer, file, reason, detail, block, sentBytes, totalBytes, ...node }
    }
    case 'refused':
      return { type: 'tftp.refused', file: fact.file, reason: fact.reason, code: fact.code, ...node }
    case 'dropped': {
      const detail = `${node.address}: ${fact.detail}${fact.count > 1 ? ` (${fact.count} times)` : ''}`
      const count = fact.count > 1 ? { count: fact.count } : {}
      return { type: 'packet.dropped', interface: node.interface, reason: fact.reason, detail, ...count }
    }
  }
}
