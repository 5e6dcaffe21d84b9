import type { NodesResult } from './nodes.ts'
import type { OffersScenario } from './scenarios.ts'

export interface OffersRun extends NodesResult {
  readonly serverCpuMs: number
  /** The server was ready to run, and others had the processors. */
  readonly serverQueuedMs: number
  readonly residentBytes: number
}

export interface OffersMeasured {
  readonly server: string
  readonly settings: string
  readonly scenario: OffersScenario
  readonly runs: readonly OffersRun[]
}

const columns = [
  'offers p50',
  'p99',
  'most',
  'no offer',
  '1st try',
  'wait most',
  'failed',
  'fetch ms',
  'x calm',
  'flood/s',
  'server CPU',
  'no CPU',
  'fetch CPU',
  'asker CPU',
  'MB',
]

/** One table per scenario, medians over the runs; times in milliseconds. */
export function offersText(results: readonly OffersMeasured[]): string {
  const names = [...new Set(results.map(({ scenario }) => scenario.name))]
  const header = `  ${'server'.padEnd(18)} ${columns.map((name) => name.padStart(10)).join(' ')}`
  return names
    .map((name) => {
      const rows = results.filter(({ scenario }) => scenario.name === name)
      return [name, header, ...rows.map((one) => row(one, results)), ''].join('\n')
    })
    .join('\n')
}

function row(one: OffersMeasured, all: readonly OffersMeasured[]): string {
  const calm = all.find(
    ({ server, scenario }) => server === one.server && scenario.name === one.scenario.comparedWith,
  )
  const totalMs = median(one, ({ storm }) => storm?.totalMs ?? 0)
  const cells = [
    median(one, ({ discover }) => discover.medianMs).toFixed(2),
    median(one, ({ discover }) => discover.p99Ms).toFixed(1),
    median(one, ({ discover }) => discover.mostMs).toFixed(1),
    median(one, ({ discover }) => discover.nodes - discover.offered).toFixed(0),
    `${((100 * median(one, ({ discover }) => discover.firstTry)) / median(one, ({ discover }) => discover.nodes)).toFixed(0)} %`,
    median(one, ({ discover }) => discover.longestWaitMs).toFixed(0),
    one.scenario.fetching === 0 ? '' : median(one, ({ storm }) => storm?.failed ?? 0).toFixed(0),
    one.scenario.fetching === 0 ? '' : totalMs.toFixed(0),
    calm === undefined ? '' : (totalMs / median(calm, ({ storm }) => storm?.totalMs ?? 0)).toFixed(2),
    one.scenario.floodPerSecond === undefined ? '' : median(one, floodRate).toFixed(0),
    median(one, ({ serverCpuMs }) => serverCpuMs).toFixed(0),
    median(one, ({ serverQueuedMs }) => serverQueuedMs).toFixed(0),
    one.scenario.fetching === 0 ? '' : median(one, ({ storm }) => storm?.clientCpuMs ?? 0).toFixed(0),
    median(one, ({ discover }) => discover.clientCpuMs).toFixed(0),
    (median(one, ({ residentBytes }) => residentBytes) / 1e6).toFixed(0),
  ]
  return `  ${one.server.padEnd(18)} ${cells.map((cell) => cell.padStart(10)).join(' ')}`
}

/** What was really sent while the transfers ran: on a machine with few processors less than was wished. */
function floodRate({ discover, storm }: OffersRun): number {
  return (discover.floodSent * 1000) / (storm?.totalMs ?? discover.ranMs)
}

function median({ runs }: OffersMeasured, of: (run: OffersRun) => number): number {
  const sorted = runs.map(of).sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
