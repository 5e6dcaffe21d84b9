import type { Clock, DatagramNetwork } from '../net/datagram.ts'
import { type FetchResult, fetchFile } from '../node/tftp-client.ts'
import { askNamedBootServer, type BootServerStep } from './boot-server.ts'
import { type Chosen, choose } from './choose.ts'
import { explainClientPort } from './client-port.ts'
import { type Answer, discover } from './discover.ts'
import { fetchByHttp } from './http-fetch.ts'
import type { NodeKind } from './kinds.ts'

export interface ProbeOptions {
  readonly network: DatagramNetwork
  readonly clock: Clock
  readonly interface: string
  /** Our address on that NIC: everything is asked from here. */
  readonly ourAddress: string
  readonly ports: {
    readonly server: number
    readonly client: number
    readonly bootServer: number
    readonly tftp: number
  }
  readonly kind: NodeKind
  readonly mac: string
  readonly uuid: string | undefined
  /** How long answers are collected; edk2 waits 4 s. */
  readonly windowMs: number
  readonly fetches: boolean
}

export interface Probe {
  readonly answers: readonly Answer[]
  readonly choice: Chosen
  /** Undefined when firmware would not ask one. */
  readonly bootServer: BootServerStep | undefined
  readonly file: FileStep | undefined
}

export interface FileStep {
  readonly server: string
  readonly name: string
  /** Undefined when the file was not to be fetched. */
  readonly result: FetchResult | undefined
}

/**
 * One boot as a node of this kind would do it, up to the file, with everything that the LAN answers. No
 * address is requested, so no lease is taken.
 * @throws EmfPxeError PORT_IN_USE, PORT_NOT_PERMITTED, INTERFACE_…
 */
export async function probe(options: ProbeOptions): Promise<Probe> {
  const { kind } = options
  const answers = await askTwice(options).catch((error: unknown) => {
    throw explainClientPort(error, options.ports.client)
  })
  const choice = choose(kind, answers)
  if (choice.kind === 'none') return { answers, choice, bootServer: undefined, file: undefined }
  const bootServer = choice.kind === 'askBootServer' ? await askNamedBootServer(choice, options) : undefined
  const named =
    choice.kind === 'fetch'
      ? { server: choice.server, name: choice.file }
      : { server: bootServer?.fileServer ?? '', name: bootServer?.file }
  if (named.name === undefined) return { answers, choice, bootServer, file: undefined }
  const result = options.fetches ? await fetchAs(options, named.server, named.name) : undefined
  return { answers, choice, bootServer, file: { server: named.server, name: named.name, result } }
}

/** A lost datagram is no silent LAN: firmware asks again too. */
async function askTwice(options: ProbeOptions): Promise<readonly Answer[]> {
  const question = { ...options, sourceAddress: options.ourAddress }
  const answers = await discover(question)
  return answers.length > 0 ? answers : discover(question)
}

function fetchAs(options: ProbeOptions, server: string, file: string): Promise<FetchResult> {
  const { network, clock, ports, kind, ourAddress } = options
  if (kind.chooser === 'http' || /^https?:/i.test(file)) return fetchByHttp(file, clock)
  return fetchFile({
    network,
    clock,
    server: { address: server, port: ports.tftp },
    file,
    profile: kind.profile,
    localAddress: ourAddress,
  })
}
