import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { missing } from '../support/needs.ts'
import { StormSite } from './support/storm-site.ts'

const packets = Number(process.env.EMF_PXE_HOSTILE_PACKETS ?? 1_000_000)
/** Resident memory that a flood of strangers may drive the server to: its tables filled, its heap at ease. */
const mostResidentBytes = 320e6
const skip = missing('root', 'ip:iproute2', 'cc:gcc')

test(`${packets} hostile datagrams, then a node boots`, { skip, timeout: 1_800_000 }, async (context) => {
  const site = await StormSite.open(context)
  const blaster = join(site.directory, 'blaster')
  execFileSync('cc', ['-O2', '-o', blaster, join(import.meta.dirname, '../hostile/blaster.c')])
  assert.equal((await site.storm({ nodes: 20 })).failed, 0)
  await blast(site, blaster, packets / 10, 1)
  const afterSome = residentBytes(site.serverPid)
  await blast(site, blaster, packets - packets / 10, 2)
  const afterAll = residentBytes(site.serverPid)
  context.diagnostic(`resident MB: ${afterSome / 1e6} after a tenth, ${afterAll / 1e6} after all`)
  assert(afterAll < mostResidentBytes, `${afterAll / 1e6} MB resident`)
  assert.equal((await site.storm({ nodes: 20 })).failed, 0)
})

async function blast(site: StormSite, blaster: string, count: number, seed: number): Promise<void> {
  const child = site.lan.spawn(site.nodes, [blaster, 'e0', site.address, String(count), String(seed)])
  const [code] = await once(child, 'exit')
  assert.equal(code, 0)
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024
}
