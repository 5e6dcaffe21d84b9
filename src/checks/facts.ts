import type { ArtifactReport } from '../artifact/inspect/report.ts'
import { ArtifactStore, type LoadedArtifact } from '../artifact/store/store.ts'
import { withPlaces } from '../config/places.ts'
import type { Config } from '../config/schema.ts'
import { type FirewallFacts, readFirewall } from '../host/firewall/read.ts'
import { type RunProgram, runProgram } from '../host/run-program.ts'
import type { Clock, DatagramNetwork } from '../net/datagram.ts'
import { type NetworkInterface, readInterfaces } from '../net/interfaces.ts'
import { readAuthorities } from '../orchestrator/authorities.ts'
import { type EndpointSearch, findEndpoint } from '../orchestrator/endpoints.ts'
import { createHttpClient, type HttpClient } from '../orchestrator/http.ts'
import { through } from '../orchestrator/proxy.ts'
import { establishTrust, type TrustDecision, type TrustOptions } from '../orchestrator/trust.ts'
import type { Answer } from '../probe/discover.ts'
import { askTheLan } from './network/ask.ts'
import type { Installation } from './service/installation.ts'

export interface FactsOptions {
  readonly configFile: string
  readonly stateDirectory: string
  /** Version of this program. */
  readonly version: string
  /** Reads the configuration as it is meant on this machine. */
  readonly loadConfig: () => Promise<Config>
  /** What `init` installed; undefined when it did not. */
  readonly readInstallation: () => Promise<Installation | undefined>
  readonly network: DatagramNetwork
  readonly clock: Clock
  /** How long answers of the LAN are waited for. */
  readonly windowMs: number
  readonly signal: AbortSignal
  /** Default: the names and ports of the real world. */
  readonly connect?: TrustOptions
  readonly run?: RunProgram
  readonly nowMs?: () => number
}

/** What one NIC of ours heard when a node was played on it. */
export interface HeardOnNic {
  readonly nic: string
  readonly ourAddress: string
  readonly mac: string
  readonly answers: readonly Answer[]
}

/** What checks look at. Each fact is gathered once, by whoever asks first. */
export class Facts {
  readonly options: FactsOptions
  readonly run: RunProgram
  readonly store: ArtifactStore
  readonly #kept = new Map<string, unknown>()

  constructor(options: FactsOptions) {
    this.options = options
    this.run = options.run ?? runProgram
    this.store = new ArtifactStore(options.stateDirectory)
  }

  nowMs(): number {
    return (this.options.nowMs ?? Date.now)()
  }

  /** @throws EmfPxeError CONFIG_… */
  config(): Promise<Config> {
    return this.#once('config', this.options.loadConfig)
  }

  installation(): Promise<Installation | undefined> {
    return this.#once('installation', this.options.readInstallation)
  }

  nics(): readonly NetworkInterface[] {
    return this.#once('nics', () => readInterfaces())
  }

  /** The NICs that are configured and there. */
  async servedNics(): Promise<readonly NetworkInterface[]> {
    const names = new Set((await this.config()).interfaces.map(({ name }) => name))
    return this.nics().filter(({ name }) => names.has(name))
  }

  firewall(): Promise<FirewallFacts> {
    return this.#once('firewall', () => readFirewall(this.run))
  }

  /** A node is played once on every NIC. @throws EmfPxeError PORT_IN_USE, PORT_NOT_PERMITTED */
  heard(): Promise<readonly HeardOnNic[]> {
    return this.#once('heard', () => askTheLan(this))
  }

  /** True when x64 nodes get what was downloaded from the orchestrator. */
  async usesArtifact(): Promise<boolean> {
    const { bootFiles, orchestrator } = await this.config()
    return bootFiles.x64 === undefined && (orchestrator.fqdn ?? orchestrator.artifactUrl) !== undefined
  }

  /** @throws EmfPxeError ARTIFACT_MISSING, ARTIFACT_STORE_DAMAGED */
  stored(): Promise<LoadedArtifact> {
    return this.#once('stored', () => this.store.load())
  }

  /** The stored file, seen beside the certificate that the endpoint shows now, if it shows one. */
  report(): Promise<ArtifactReport> {
    return this.#once('report', async () => {
      const { inspect } = await import('../artifact/inspect/inspect.ts')
      const { bytes, dbCertificate } = await this.stored()
      const search = await this.endpointSearch().catch(() => undefined)
      const served = search?.chosen?.peer?.leaf.der
      return inspect(bytes, {
        ...(dbCertificate === undefined ? {} : { dbCertificates: [dbCertificate.der] }),
        ...(served === undefined ? {} : { servedCertificate: served }),
      })
    })
  }

  /** @throws EmfPxeError CONFIG_… */
  async connectOptions(): Promise<TrustOptions> {
    const { signal, connect } = this.options
    const { proxy } = (await this.config()).orchestrator
    return { timeoutMs: 10_000, signal, nowMs: () => this.nowMs(), ...connect, ...through(proxy) }
  }

  endpointSearch(): Promise<EndpointSearch> {
    return this.#once('endpoint', async () => {
      const { fqdn, artifactUrl, caFile, trustFingerprint } = (await this.config()).orchestrator
      const extraAuthorities = caFile === undefined ? [] : await readAuthorities(caFile)
      const pinned = trustFingerprint === undefined ? {} : { pinnedSha256: trustFingerprint }
      const question = artifactUrl === undefined ? { fqdn: fqdn ?? '' } : { artifactUrl }
      return findEndpoint(question, {
        ...(await this.connectOptions()),
        trust: { extraAuthorities, ...pinned },
      })
    })
  }

  /** Who vouches for the endpoint's certificate. @throws EmfPxeError CERTIFICATE_…, TRUST_… */
  trust(): Promise<TrustDecision> {
    return this.#once('trust', async () => {
      const { chosen } = await this.endpointSearch()
      if (chosen === undefined) throw new Error('trust is a matter of an endpoint that answers')
      const { fqdn, caFile, trustFingerprint } = (await this.config()).orchestrator
      return establishTrust(
        { endpoint: chosen.endpoint, fqdn, caFile, trustFingerprint },
        await this.connectOptions(),
      )
    })
  }

  /** Client for the provisioning endpoint. */
  async provisioning(): Promise<HttpClient> {
    return createHttpClient({ ...(await this.connectOptions()), trust: (await this.trust()).policy })
  }

  /** A remedy whose commands lead to the same files as this run, so that it can be pasted as it is. */
  pasteable(remedy: string): string {
    const { configFile, stateDirectory } = this.options
    // A hint of an error may name its place already, as one of the flags: once is enough.
    return commented(remedy).replaceAll(
      /\b(emf-pxe (?:fetch|rollback|serve|status|probe)\b)(?: --(?:config|state-dir) (?:'[^']*'|\S+))*/g,
      (_, command: string) => withPlaces(command, { config: configFile, 'state-dir': stateDirectory }),
    )
  }

  #once<T>(name: string, gather: () => T): T {
    if (!this.#kept.has(name)) this.#kept.set(name, gather())
    return this.#kept.get(name) as T
  }
}

/** `emf-pxe fetch; words about it` is no command line: the words become a comment of the shell. */
function commented(remedy: string): string {
  return remedy.replaceAll(/^(emf-pxe [\w -]+); (?!emf-pxe |systemctl )(.+)$/gm, '$1   # $2')
}
