import { createHash } from 'node:crypto'
import type { DatagramNetwork } from '../../src/net/datagram.ts'
import { type LinkConditions, MemoryNetwork } from '../../src/net/memory.ts'
import { VirtualClock } from '../../src/net/virtual-clock.ts'
import { type FetchResult, fetchFile } from '../../src/node/tftp-client.ts'
import type { TftpProfile } from '../../src/node/tftp-profiles.ts'
import type { TftpFact } from '../../src/tftp/facts.ts'
import type { FileLookup } from '../../src/tftp/files.ts'
import type { TftpListener } from '../../src/tftp/listener.ts'
import { TftpServer, type TftpServerOptions } from '../../src/tftp/server.ts'

export const serverAddress = '10.0.0.1'
export const defaultLimits = {
  maxTransfers: 8192,
  maxTransfersPerAddress: 256,
  maxBlockBytes: 1468,
  maxWindow: 16,
}

export interface SiteOptions {
  readonly seed?: number
  readonly conditions?: Partial<LinkConditions>
  readonly lookup?: FileLookup
  readonly dataPorts?: string
  readonly limits?: Partial<TftpServerOptions['limits']>
}

/** A server and as many nodes as a test wants, on a switch in memory, in virtual time. */
export class Site {
  readonly clock = new VirtualClock()
  readonly network: MemoryNetwork
  readonly server: TftpServer
  readonly facts: TftpFact[] = []
  #nodes = 0

  private constructor(options: SiteOptions) {
    const { seed = 1, conditions = {}, lookup = () => undefined, dataPorts = 'ephemeral', limits } = options
    this.network = new MemoryNetwork(this.clock, { seed, conditions })
    this.server = new TftpServer({
      network: this.network.host({ name: 'e0', address: serverAddress }),
      clock: this.clock,
      lookup,
      observe: (fact) => this.facts.push(fact),
      dataPorts,
      limits: { ...defaultLimits, ...limits },
    })
  }

  static async open(options: SiteOptions = {}): Promise<Site & { listener: TftpListener }> {
    const site = new Site(options)
    return Object.assign(site, { listener: await site.server.listen({ address: serverAddress, port: 69 }) })
  }

  /** One more machine on the switch. */
  node(): DatagramNetwork {
    const number = this.#nodes++
    return this.network.host({ name: 'e0', address: `10.1.${number >> 8}.${number & 255}` })
  }

  fetch(file: string, profile: TftpProfile, network = this.node()): Promise<FetchResult> {
    const server = { address: serverAddress, port: 69 }
    return fetchFile({ network, clock: this.clock, server, file, profile })
  }

  /** Short words for what was told, in order: `requested`, `probed`, `failed:client-error`… */
  told(): string[] {
    return this.facts.map((fact) => ('reason' in fact ? `${fact.type}:${fact.reason}` : fact.type))
  }
}

/** Bytes that differ from block to block, the same each time. */
export function fileOf(sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes)
  let state = 0x2545f491
  for (let index = 0; index < sizeBytes; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[index] = state >>> 24
  }
  return bytes
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
