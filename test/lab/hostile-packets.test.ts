import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { missing } from '../support/needs.ts'
import { StormSite } from './support/storm-site.ts'

/** Datagrams that the server has read; what its sockets had no room for is sent again. */
const wanted = Number(process.env.EMF_PXE_HOSTILE_PACKETS ?? 200_000)
const perSecond = 25_000
const burst = 100_000
/** Resident memory that strangers may drive the server to: its tables filled, its heap at ease. */
const mostResidentBytes = 280e6
/** From here on the tables are full: what still grows is a leak. */
const plateauFrom = 3_000_000
const dataPorts = [40_000, 40_001, 40_002, 40_003]
const skip = missing('root', 'ip:iproute2', 'cc:gcc')

test(`${wanted} hostile datagrams, then every node boots`, { skip, timeout: 14_400_000 }, async (context) => {
  const site = await StormSite.serving(context, { config: { tftp: { dataPorts: '40000-40003' } } })
  const blaster = join(site.directory, 'blaster')
  execFileSync('cc', ['-O2', '-o', blaster, join(import.meta.dirname, '../hostile/blaster.c')])
  assert.equal((await site.storm({ nodes: 20 })).failed, 0)
  const before = counters(site)
  const residents: { read: number; bytes: number }[] = []
  for (let read = 0, seed = 1; read < wanted; seed++) {
    await blast(site, blaster, Math.min(burst, wanted), seed)
    read = counters(site).read - before.read
    residents.push({ read, bytes: residentBytes(site.server.pid) })
    if (seed % 10 === 0 || read >= wanted) context.diagnostic(lineOf(site, read))
  }
  context.diagnostic(`${counters(site).lost - before.lost} more found no room in the sockets`)
  assertPlateau(residents)
  assert.equal((await site.storm({ nodes: 20 })).failed, 0)
})

/** V8 collects when it likes: the peaks are compared, those of the second half with those of the first. */
function assertPlateau(residents: readonly { read: number; bytes: number }[]): void {
  const peak = (some: readonly { bytes: number }[]) => Math.max(...some.map(({ bytes }) => bytes))
  assert(peak(residents) < mostResidentBytes, `${peak(residents) / 1e6} MB resident`)
  const filled = residents.filter(({ read }) => read >= plateauFrom)
  if (filled.length < 4) return
  const [early, late] = [filled.slice(0, filled.length / 2), filled.slice(filled.length / 2)].map(peak)
  assert(Number(late) < 1.05 * Number(early), `${early} bytes grew to ${late}`)
}

async function blast(site: StormSite, blaster: string, count: number, seed: number): Promise<void> {
  const numbers = [count, seed, perSecond, ...dataPorts].map(String)
  const child = site.lan.spawn(site.nodes, [blaster, 'e0', site.server.address, site.server.mac, ...numbers])
  const [code] = await once(child, 'exit')
  assert.equal(code, 0)
}

/** Datagrams that programs in the server's namespace have read, and those that found a full buffer. */
function counters(site: StormSite): { read: number; lost: number } {
  const lines = site.server.exec(['cat', '/proc/net/snmp']).split('\n')
  const [names = [], values = []] = lines
    .filter((line) => line.startsWith('Udp:'))
    .map((line) => line.split(' '))
  const value = (name: string) => Number(values[names.indexOf(name)])
  return { read: value('InDatagrams'), lost: value('RcvbufErrors') }
}

function lineOf(site: StormSite, read: number): string {
  const megabytes = (field: string) => Math.round(statusBytes(site.server.pid, field) / 1e6)
  return `${(read / 1e6).toFixed(2)} million read: ${megabytes('VmRSS')} MB resident, ${megabytes('RssAnon')} MB of it anonymous`
}

function residentBytes(pid: number): number {
  return statusBytes(pid, 'VmRSS')
}

function statusBytes(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * 1024
}
