import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StormResult } from '../../bench/storm.ts'
import { missing } from '../support/needs.ts'
import { type StormFault, stormFaults } from './support/storm-faults.ts'
import { StormSite } from './support/storm-site.ts'

/** Nodes begin again when a boot failed, as firmware does that goes round its boot list. */
const storm = { nodes: 100, rttMs: 5, spreadMs: 1000, boots: 5 }
const faultAfterMs = 300
/** Each fault so many times over. */
const rounds = Number(process.env.EMF_PXE_FAULT_ROUNDS ?? 1)
const skip = missing('root', 'ip:iproute2', 'cc:gcc', 'prlimit:util-linux')

const rows: string[] = []
after(() => {
  if (rows.length > 0) console.log([heading, ...rows].join('\n'))
})

for (const fault of stormFaults)
  for (let round = 1; round <= rounds; round++)
    test(
      `${storm.nodes} nodes boot though ${fault.name}${rounds > 1 ? `, ${round}` : ''}`,
      {
        skip,
        timeout: 240_000,
      },
      (context) => play(fault, context),
    )

async function play(fault: StormFault, context: TestContext): Promise<void> {
  const site = StormSite.open(context)
  const prepared = await fault.prepare(site)
  if (prepared === undefined) {
    context.skip('needs a memory controller of control groups')
    return
  }
  const running = site.storm({ ...storm, ...prepared.storm })
  await sleep(faultAfterMs)
  await prepared.happens()
  const result = await running
  rows.push(rowOf(fault.name, result))
  assert.equal(result.done, storm.nodes, JSON.stringify(result))
  assert.equal(result.mixtures, 0)
  // In the middle, not before or after.
  assert(result.totalMs > faultAfterMs, `the storm was over after ${result.totalMs} ms`)
  if (prepared.storm?.other !== undefined)
    assert(result.others > 0 && result.others < storm.nodes, `${result.others} got the new file`)
}

const heading =
  '| in the middle of the storm | booted | begun anew | waits of 4 s | s |\n|---|---|---|---|---|'

function rowOf(name: string, { done, nodes, restarts, resends, others, totalMs }: StormResult): string {
  const booted = `${done} of ${nodes}${others > 0 ? `, ${others} of them the new file` : ''}`
  return `| ${name} | ${booted} | ${restarts} | ${resends} | ${(totalMs / 1000).toFixed(1)} |`
}
