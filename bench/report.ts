import type { StormResult } from './storm.ts'

export interface Run extends StormResult {
  readonly readyMs: number
  readonly restBytes: number
  readonly peakBytes: number
  readonly serverCpuMs: number
}

export interface Measured {
  readonly server: string
  readonly settings: string
  readonly scenario: string
  readonly runs: readonly Run[]
}

/** What everything is compared with. */
const yardstick = 'dnsmasq (at best)'

/** One table per scenario: medians over the runs, and the ratio of total times to the yardstick's. */
export function reportText(results: readonly Measured[]): string {
  const names = [...new Set(results.map(({ scenario }) => scenario))]
  return names
    .map((scenario) =>
      scenarioText(
        scenario,
        results.filter((one) => one.scenario === scenario),
      ),
    )
    .join('\n')
}

function scenarioText(scenario: string, results: readonly Measured[]): string {
  const baseline = results.find(({ server }) => server === yardstick)
  const baselineMs = baseline === undefined ? undefined : median(baseline, ({ totalMs }) => totalMs)
  const rows = results.map((one) => row(one, baselineMs))
  return [scenario, header, ...rows, ''].join('\n')
}

/** Datagrams that one node needs at 1468 bytes a block, OACKs included. */
const blocksOfFile = 738

const header = `  ${'server'.padEnd(20)} ${['failed', 'total ms', 'near ms', 'median ms', 'p99 ms', 'ratio', 'sent/file', 'server CPU', 'client CPU', 'ready ms', 'rest MB', 'peak MB'].map((name) => name.padStart(10)).join(' ')}`

function row(one: Measured, baselineMs: number | undefined): string {
  const totalMs = median(one, (run) => run.totalMs)
  const ratio = baselineMs === undefined ? '' : (totalMs / baselineMs).toFixed(2)
  const cells = [
    String(median(one, ({ failed }) => failed)),
    totalMs.toFixed(0),
    median(one, ({ nearMs }) => nearMs).toFixed(0),
    median(one, ({ medianMs }) => medianMs).toFixed(0),
    median(one, ({ p99Ms }) => p99Ms).toFixed(0),
    ratio,
    median(one, ({ datagrams, nodes }) => datagrams / nodes / blocksOfFile).toFixed(2),
    `${median(one, ({ serverCpuMs }) => serverCpuMs).toFixed(0)} ms`,
    `${median(one, ({ clientCpuMs }) => clientCpuMs).toFixed(0)} ms`,
    median(one, ({ readyMs }) => readyMs).toFixed(0),
    (median(one, ({ restBytes }) => restBytes) / 1e6).toFixed(0),
    (median(one, ({ peakBytes }) => peakBytes) / 1e6).toFixed(0),
  ]
  return `  ${one.server.padEnd(20)} ${cells.map((cell) => cell.padStart(10)).join(' ')}`
}

function median({ runs }: Measured, of: (run: Run) => number): number {
  const sorted = runs.map(of).sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
