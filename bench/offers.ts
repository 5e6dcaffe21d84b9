import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fillerFile } from '../src/demo/micro-os.ts'
import { missing } from '../test/support/needs.ts'
import { buildClients, playNodes } from './offers/nodes.ts'
import { type OffersMeasured, type OffersRun, offersText } from './offers/report.ts'
import { offersScenarios } from './offers/scenarios.ts'
import { offeringServers, startOfferingServer } from './offers/servers.ts'
import { openOffersSite } from './offers/site.ts'

/**
 * `node bench/offers.ts [--runs N] [--only WORDS] [--server WORDS] [--json FILE]`: from DISCOVER to OFFER, at
 * rest, while nodes fetch, and in a flood; dnsmasq as a proxy on the same work. Needs root, `cc`, dnsmasq.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    server: { type: 'string', default: '' },
    json: { type: 'string', default: 'bench/offers.json' },
  },
})
const problem = missing('namespaces', 'dnsmasq:dnsmasq-base', 'cc:gcc')
if (problem !== false) {
  console.error(`the benchmark ${problem}`)
  process.exit(5)
}

/** Size of the orchestrator's boot file. */
const fileBytes = 1_080_320
const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-bench-offers-'))
const file = join(directory, 'ipxe.efi')
const site = openOffersSite()
try {
  writeFileSync(file, fillerFile('bench', fileBytes))
  const clients = buildClients(directory)
  const results: OffersMeasured[] = []
  for (const scenario of offersScenarios.filter(({ name }) => name.includes(values.only))) {
    const taking = offeringServers
      .filter(({ name }) => name.includes(values.server))
      .map((server) => ({ server, runs: [] as OffersRun[] }))
    // Servers take turns, so that whatever else the machine does meets all of them.
    for (let run = 0; run < Number(values.runs); run++)
      for (const { server, runs } of taking) {
        const running = await startOfferingServer(server, site.server, directory)
        const [cpuBefore, queuedBefore] = [running.cpuMs(), running.queuedMs()]
        const played = await playNodes(site, clients, file, scenario)
        const used = {
          serverCpuMs: running.cpuMs() - cpuBefore,
          serverQueuedMs: running.queuedMs() - queuedBefore,
          residentBytes: running.residentBytes(),
        }
        await running.stop()
        runs.push({ ...played, ...used })
        console.error(`${scenario.name}: ${server.name}: ${JSON.stringify(runs.at(-1))}`)
      }
    for (const { server, runs } of taking)
      results.push({ server: server.name, settings: server.settings, scenario, runs })
  }
  console.log(offersText(results))
  writeFileSync(
    values.json,
    `${JSON.stringify({ schema: 'emf-pxe/bench-offers/1', results }, undefined, 2)}\n`,
  )
} finally {
  site.lan.close()
  rmSync(directory, { recursive: true, force: true })
}
