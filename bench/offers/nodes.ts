import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { buildStormClient, type StormResult } from '../storm.ts'
import type { OffersScenario } from './scenarios.ts'
import { addresses, type OffersSite } from './site.ts'

/** What `client/discover.c` prints. Latencies are from a DISCOVER to its own offer. */
export interface DiscoverResult {
  readonly nodes: number
  /** Nodes with an offer, at the first try or a later one (4 tries, 4, 8, 16 and 32 s apart). */
  readonly offered: number
  readonly firstTry: number
  readonly asked: number
  readonly medianMs: number
  readonly p99Ms: number
  readonly mostMs: number
  /** From a node's first DISCOVER. */
  readonly longestWaitMs: number
  readonly floodSent: number
  readonly floodOffered: number
  readonly ranMs: number
  /** How far the flood fell behind its timetable at worst: what the machine could not send. */
  readonly behindMs: number
  /** Offers that the client's own socket dropped. */
  readonly dropped: number
  readonly clientCpuMs: number
}

export interface Clients {
  readonly storm: string
  readonly discover: string
}

/** Compiles both clients. */
export function buildClients(directory: string): Clients {
  const discover = join(directory, 'discover')
  execFileSync('cc', ['-O2', '-o', discover, join(import.meta.dirname, '../client/discover.c')])
  return { storm: buildStormClient(directory), discover }
}

export interface NodesResult {
  readonly discover: DiscoverResult
  readonly storm: StormResult | undefined
}

/** Plays one scenario against the server of the site. */
export async function playNodes(
  { lan, nodes }: OffersSite,
  clients: Clients,
  file: string,
  scenario: OffersScenario,
): Promise<NodesResult> {
  const numbers = ['--nodes', String(scenario.discovering), '--space', String(scenario.spaceMs)]
  const flood = [
    ...['--flood', String(scenario.floodPerSecond ?? 0)],
    ...['--flood-macs', String(scenario.floodAddresses ?? 0)],
  ]
  const discovering = lan.spawn(nodes, [clients.discover, ...numbers, ...flood])
  const discovered = output<DiscoverResult>(discovering)
  if (scenario.fetching === 0) return { discover: await discovered, storm: undefined }
  const from = ['--server', addresses.server, '--from', addresses.firstNode, '--file', file]
  const storm = await output<StormResult>(
    lan.spawn(nodes, [clients.storm, ...from, '--nodes', String(scenario.fetching)]),
  )
  discovering.kill('SIGTERM')
  return { discover: await discovered, storm }
}

async function output<Result>(child: ChildProcess): Promise<Result> {
  let text = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  await once(child, 'close')
  return JSON.parse(text) as Result
}
