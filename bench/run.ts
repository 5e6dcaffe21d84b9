import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fillerFile } from '../src/demo/micro-os.ts'
import { missing } from '../test/support/needs.ts'
import { enterOwnNetwork } from './quiet-host.ts'
import { type Measured, reportText } from './report.ts'
import { type Scenario, scenarios } from './scenarios.ts'
import { serverKinds } from './servers/kinds.ts'
import { type RunningServer, type ServerKind, startServer } from './servers/server.ts'
import { buildStormClient, storm } from './storm.ts'

/**
 * `npm run bench [-- --runs N] [--all] [--only WORD]`: the same work for every server in one run, in a
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

try {
  writeFileSync(file, fillerFile('bench', fileBytes))
  mkdirSync(join(directory, 'state'))
  const client = buildStormClient(directory)
  const chosen = scenarios.filter(
    ({ name, long }) => (values.all || long !== true) && name.includes(values.only),
  )
  const results: Measured[] = []
  for (const kind of serverKinds.filter(({ name }) => name.includes(values.server))) {
    const problem = missing(...kind.needs)
    if (problem === false) results.push(...(await measureServer(kind, client, chosen)))
    else console.error(`${kind.name} is left out: ${problem}`)
  }
  console.log(reportText(results))
  writeFileSync(
    values.json,
    `${JSON.stringify({ schema: 'emf-pxe/bench/1', cpu: cpuName(), results }, undefined, 2)}\n`,
  )
} finally {
  rmSync(directory, { recursive: true, force: true })
}

async function measureServer(
  kind: ServerKind,
  client: string,
  chosen: readonly Scenario[],
): Promise<Measured[]> {
  const measured: Measured[] = []
  for (const scenario of chosen) {
    if (scenario.without?.includes(kind.name)) continue
    const runs: Measured['runs'][number][] = []
    for (let run = 0; run < Number(values.runs); run++) {
      const server = await startServer(
        kind,
        directory,
        async () => (await storm(client, { nodes: 1, file, window: 1 })).done === 1,
      )
      const result = await measureRun(server, client, scenario, run)
      runs.push(result)
      await server.stop()
      console.error(`${kind.name}: ${scenario.name}: ${JSON.stringify(result)}`)
    }
    measured.push({ server: kind.name, settings: kind.settings, scenario: scenario.name, runs })
  }
  return measured
}

async function measureRun(server: RunningServer, client: string, scenario: Scenario, run: number) {
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
