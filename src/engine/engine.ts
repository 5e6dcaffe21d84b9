import type { Config } from '../config/schema.ts'
import { EmfPxeError } from '../errors/error.ts'
import type { EventSink } from '../events/event.ts'
import type { Clock, DatagramNetwork } from '../net/datagram.ts'
import { NodeMemories } from '../proxydhcp/memory.ts'
import type { BootPolicy } from '../proxydhcp/types.ts'
import { rehearse } from '../tftp/rehearsal.ts'
import { type BootFileSource, BootFiles } from './boot-files.ts'
import { NodeDirectory } from './directory.ts'
import { HttpBootServers } from './http-boot-servers.ts'
import { policyOf } from './policy.ts'
import { DhcpResponder } from './responder.ts'
import type { StationOptions, StationParts } from './station.ts'
import { type NicState, Stations, type StationTemplate } from './stations.ts'
import { EngineTransfers } from './transfers.ts'

/** What is served, and how: the configuration, and where the boot files lie. */
export interface EngineSettings {
  readonly config: Config
  readonly sources: readonly BootFileSource[]
  /** Where the artifact was downloaded from; undefined when it was not. */
  readonly artifactUrl: string | undefined
}

export interface EngineParts {
  readonly network: DatagramNetwork
  readonly clock: Clock
  readonly publish: EventSink
  /** MAC address of a neighbour by its IPv4 address, when the kernel knows it. */
  readonly neighbour: (address: string) => string | undefined
  /** Calls back now and at every change; the returned function stops watching. */
  readonly watchNics: (
    names: readonly string[],
    onChange: (states: readonly NicState[]) => void,
  ) => () => void
}

/** ProxyDHCP, boot server and TFTP on every configured NIC. One engine per process. */
export class Engine {
  readonly files: BootFiles
  readonly #parts: EngineParts
  readonly #stations: Stations
  readonly #transfers: EngineTransfers
  readonly #httpBoot: HttpBootServers
  readonly #directory: NodeDirectory
  readonly #memories = new NodeMemories({ maxNodes: 20_000 })
  /** By our address; made anew when settings or files change, not for each packet. */
  readonly #policies = new Map<string, BootPolicy>()
  #settings: EngineSettings
  #stopWatching: () => void = () => {}

  constructor(settings: EngineSettings, parts: EngineParts) {
    this.#settings = settings
    this.#parts = parts
    this.files = new BootFiles(parts.publish)
    this.#directory = new NodeDirectory(parts.neighbour)
    this.#httpBoot = new HttpBootServers({
      files: this.files,
      directory: this.#directory,
      publish: parts.publish,
      clock: parts.clock,
      onChange: () => this.#policies.clear(),
    })
    this.#transfers = new EngineTransfers(settings.config.tftp, {
      network: parts.network,
      clock: parts.clock,
      publish: parts.publish,
      files: this.files,
      directory: this.#directory,
      memories: this.#memories,
    })
    this.#stations = new Stations(templateOf(settings.config), this.#stationParts(), parts.clock)
  }

  /**
   * Loads the boot files and opens every NIC that is ready; the others are opened when they are. Rejects
   * with PORT_NOT_PERMITTED when no NIC can be opened for want of a right: waiting would not help.
   */
  async start(): Promise<void> {
    await this.#apply()
    const forbidden = this.#stations.failures.find(isForbidden)
    if (forbidden !== undefined && this.#stations.open.length === 0) throw forbidden
  }

  /** Other settings from now on. Running transfers go on, unless their NIC or ports are no longer wanted. */
  async reload(settings: EngineSettings): Promise<void> {
    const before = JSON.stringify(this.#settings.config.tftp)
    this.#settings = settings
    this.#stopWatching()
    if (JSON.stringify(settings.config.tftp) !== before) this.#transfers.configure(settings.config.tftp)
    await this.#apply()
  }

  /** Has the first node wait no longer than the others: see `tftp/rehearsal.ts`. Never rejects. */
  async rehearse(): Promise<void> {
    const { network, clock } = this.#parts
    await rehearse({ network, clock, isDisturbed: () => this.runningTransfers > 0 })
  }

  /** Reads the boot files again: new transfers get the new bytes. */
  async reloadFiles(sources: readonly BootFileSource[], artifactUrl: string | undefined): Promise<void> {
    this.#settings = { ...this.#settings, sources, artifactUrl }
    await this.#loadFiles()
  }

  /** NICs being answered on, with our address on each. */
  get listening(): readonly { interface: string; address: string }[] {
    return this.#stations.open.map(({ options }) => ({
      interface: options.interface,
      address: options.address,
    }))
  }

  get runningTransfers(): number {
    return this.#transfers.running
  }

  /** Offers nothing any more; resolves when the running transfers have ended. */
  async drain(): Promise<void> {
    this.#stopWatching()
    this.#stations.stopOffering()
    await this.#transfers.drain()
  }

  /** Everything closed, running transfers cut. */
  async stop(): Promise<void> {
    this.#stopWatching()
    this.#stations.close()
    this.#transfers.close()
    await this.#httpBoot.close()
  }

  async #apply(): Promise<void> {
    const { config } = this.#settings
    await this.#loadFiles()
    await this.#stations.want(config.interfaces, templateOf(config))
    await this.#followNics(config)
  }

  async #loadFiles(): Promise<void> {
    await this.files.load(this.#settings.sources)
    this.#policies.clear()
  }

  /** Resolves when the first look at the NICs has been acted on. */
  async #followNics(config: Config): Promise<void> {
    const first = Promise.withResolvers<void>()
    const names = config.interfaces.map(({ name }) => name)
    this.#stopWatching = this.#parts.watchNics(names, (states) => {
      const settled = this.#stations
        .update(states)
        .then(() => this.#httpBoot.follow(config.httpBoot, this.listening))
      settled.then(first.resolve, first.reject)
    })
    await first.promise
  }

  #stationParts(): StationParts {
    const { network, publish, clock } = this.#parts
    const responder = new DhcpResponder({
      memories: this.#memories,
      directory: this.#directory,
      publish,
      now: () => clock.now(),
    })
    return {
      network,
      publish,
      responder,
      policy: (serverAddress: string) => this.#policy(serverAddress),
      now: () => clock.now(),
      openTransfers: (station: StationOptions) => this.#transfers.open(station),
    }
  }

  #policy(serverAddress: string): BootPolicy {
    const known = this.#policies.get(serverAddress)
    if (known !== undefined) return known
    const { config, artifactUrl } = this.#settings
    const bootFiles = this.files.offered()
    const servesHttp = this.#httpBoot.isOpen(serverAddress)
    const policy = policyOf({ config, artifactUrl, serverAddress, bootFiles, servesHttp })
    this.#policies.set(serverAddress, policy)
    return policy
  }
}

function isForbidden(failure: unknown): boolean {
  return failure instanceof EmfPxeError && failure.code === 'PORT_NOT_PERMITTED'
}

function templateOf(config: Config): StationTemplate {
  return {
    ports: config.ports,
    relay: config.relay,
    answersDhcp: config.mode === 'proxy',
    receiveBufferBytes: config.tftp.receiveBufferMegabytes * 1_000_000,
    tftp: config.tftp,
  }
}
