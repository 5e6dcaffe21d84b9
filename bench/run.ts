import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { fillerFile } from '../src/demo/micro-os.ts'
import { missing } from '../test/support/needs.ts'
import { enterOwnNetwork } from './quiet-host.ts'
import { type Measured, type Run, reportText } from './report.ts'
import { type Scenario, scenarios } from './scenarios.ts'
import { serverKinds } from './servers/kinds.ts'
import { type RunningServer, type ServerKind, startServer } from './servers/server.ts'
import { buildStormClient, storm } from './storm.ts'

/**
 * `npm run bench [-- --runs N] [--all] [--only WORD] [--server WORDS]`: the same work for every server in one run, in a
 * network namespace of its own; medians, and ratios to dnsmasq at its best. `bench/README.md` has the method.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    /** The long scenarios too. */
    all: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    server: { type: 'string', default: '' },
    json: { type: 'string', default: 'bench/results.json' },
  },
})
enterOwnNetwork()

const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-bench-'))
const file = join(directory, 'ipxe.efi')
/** Size of the orchestrator's boot file. */
const fileBytes = 1_080_320
/** A site's server is up long before a node: what a start leaves to do is done by then. */
const settleMs = 1500

try {
  writeFileSync(file, fillerFile('bench', fileBytes))
  mkdirSync(join(directory, 'state'))
  const client = buildStormClient(directory)
  const chosen = scenarios.filter(
    ({ name, long }) => (values.all || values.only !== '' || long !== true) && name.includes(values.only),
  )
  const kinds = serverKinds.filter(({ name, needs }) => isWanted(name, values.server) && isHere(name, needs))
  const results: Measured[] = []
  for (const scenario of chosen) results.push(...(await measure(scenario, kinds, client)))
  console.log(reportText(results))
  writeFileSync(
    values.json,
    `${JSON.stringify({ schema: 'emf-pxe/bench/1', cpu: cpuName(), results }, undefined, 2)}\n`,
  )
} finally {
  rmSync(directory, { recursive: true, force: true })
}

/** `--server 'emf-pxe,at best'`: those whose name has one of the words. */
function isWanted(name: string, words: string): boolean {
  return words.split(',').some((word) => name.includes(word))
}

function isHere(name: string, needs: ServerKind['needs']): boolean {
  const problem = missing(...needs)
  if (problem !== false) console.error(`${name} is left out: ${problem}`)
  return problem === false
}

/** Servers take turns, so that whatever else the machine does meets all of them. */
async function measure(
  scenario: Scenario,
  kinds: readonly ServerKind[],
  client: string,
): Promise<Measured[]> {
  const taking = kinds
    .filter(({ name }) => !scenario.without?.includes(name))
    .map((kind) => ({ kind, runs: [] as Run[] }))
  for (let run = 0; run < Number(values.runs); run++)
    for (const { kind, runs } of taking) {
      const server = await startServer(kind, directory)
      const result = await measureRun(server, client, scenario, run).finally(() => server.stop())
      runs.push(result)
      console.error(`${scenario.name}: ${kind.name}: ${JSON.stringify(result)}`)
    }
  return taking.map(({ kind: { name, settings }, runs }) => ({
    server: name,
    settings,
    scenario: scenario.name,
    runs,
  }))
}

async function measureRun(server: RunningServer, client: string, scenario: Scenario, run: number) {
  await sleep(settleMs)
  const restBytes = server.memory().nowBytes
  const cpuBefore = server.cpuMs()
  const result = await storm(client, { ...scenario.storm, file, seed: run + 1 })
  return {
    ...result,
    readyMs: server.readyMs,
    restBytes,
    peakBytes: server.memory().peakBytes,
    serverCpuMs: server.cpuMs() - cpuBefore,
  }
}

function cpuName(): string {
  return /^model name\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown'
}
