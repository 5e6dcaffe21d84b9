import { readText } from '../read.ts'
import { type RunProgram, runProgram } from '../run-program.ts'
import { parseIptables } from './iptables.ts'
import type { Ruleset } from './model.ts'
import { parseNftables } from './nftables.ts'
import { type FirewallManager, firewallManager } from './remedy.ts'

export interface FirewallFacts {
  readonly rulesets: readonly Ruleset[]
  readonly manager: FirewallManager
  /** What could not be read and why, in sentences; rules may be hidden there. */
  readonly unreadable: readonly string[]
}

/** Reads the rules of nftables and of both kinds of iptables. Needs root, or says that it does. */
export async function readFirewall(run: RunProgram = runProgram): Promise<FirewallFacts> {
  const [current, legacy, nftables] = await Promise.all([
    readIptables('iptables-save', run),
    hasLegacyTables() ? readIptables('iptables-legacy-save', run) : nothing,
    readNftables(run),
  ])
  const iptables = [current, legacy].flatMap(({ ruleset }) => ruleset ?? [])
  const rulesets = [...iptables, ...withoutChainsOf(iptables, nftables.ruleset)]
  const unreadable = [current, legacy, nftables].flatMap(({ problem }) => problem ?? [])
  return { rulesets, manager: firewallManager(rulesets), unreadable }
}

interface ReadResult {
  readonly ruleset?: Ruleset
  readonly problem?: string
}

const nothing: ReadResult = {}

/** Old tables are only looked at when some are loaded: the program would load them. */
function hasLegacyTables(): boolean {
  return (readText('/proc/net/ip_tables_names') ?? '').trim() !== ''
}

async function readIptables(program: string, run: RunProgram): Promise<ReadResult> {
  const result = await run(program, [])
  if (result.kind === 'missing') return nothing
  if (result.kind === 'failed') return { problem: `${program}: ${result.problem}` }
  const current = result.stdout.includes('(nf_tables)')
  return { ruleset: parseIptables(current ? 'iptables' : 'iptables-legacy', result.stdout) }
}

async function readNftables(run: RunProgram): Promise<ReadResult> {
  const json = await run('nft', ['-j', 'list', 'ruleset'])
  if (json.kind === 'missing') return nothing
  if (json.kind === 'failed') return { problem: `nft: ${json.problem}` }
  const listing = await run('nft', ['-a', 'list', 'ruleset'])
  try {
    return { ruleset: parseNftables(json.stdout, listing.kind === 'ok' ? listing.stdout : '') }
  } catch {
    return { problem: 'nft: its JSON could not be read' }
  }
}

/** Today's iptables keeps its rules in nftables; chains that iptables-save has told are not read twice. */
function withoutChainsOf(iptables: readonly Ruleset[], nftables: Ruleset | undefined): Ruleset[] {
  if (nftables === undefined) return []
  const current = iptables.filter(({ tool }) => tool === 'iptables')
  const told = new Set(
    current.flatMap(({ chains }) => chains.map(({ table, name }) => `ip ${table} ${name}`)),
  )
  return [{ ...nftables, chains: nftables.chains.filter(({ table, name }) => !told.has(`${table} ${name}`)) }]
}
