import assert from 'node:assert/strict'
import { renameSync, writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { missing } from '../support/needs.ts'
import { StormSite } from './support/storm-site.ts'

/** Nodes begin again when a boot failed, as firmware does that goes round its boot list. */
const storm = { nodes: 100, rttMs: 1, boots: 5 }
const skip = missing('root', 'ip:iproute2', 'cc:gcc')

interface Fault {
  readonly name: string
  readonly happens: (site: StormSite) => Promise<void>
}

const faults: readonly Fault[] = [
  {
    name: 'the server is killed and comes back',
    happens: async (site) => {
      await site.killServer()
      await site.startServer()
    },
  },
  {
    name: 'the NIC goes down for two seconds',
    happens: async (site) => {
      site.lan.exec(site.server, ['ip', 'link', 'set', 'e0', 'down'])
      await sleep(2000)
      site.lan.exec(site.server, ['ip', 'link', 'set', 'e0', 'up'])
    },
  },
  {
    name: 'the boot file is replaced by the same bytes, and the server told to reload',
    happens: async (site) => {
      writeFileSync(`${site.bootFile}.new`, site.bytes)
      renameSync(`${site.bootFile}.new`, site.bootFile)
      process.kill(site.serverPid, 'SIGHUP')
    },
  },
  {
    name: 'the server stands still for three seconds',
    happens: async (site) => {
      process.kill(site.serverPid, 'SIGSTOP')
      await sleep(3000)
      process.kill(site.serverPid, 'SIGCONT')
    },
  },
]

for (const { name, happens } of faults)
  test(`${storm.nodes} nodes boot though ${name}`, {
    skip,
    timeout: 180_000,
  }, async (context: TestContext) => {
    const site = await StormSite.open(context)
    const running = site.storm(storm)
    await sleep(150)
    await happens(site)
    const result = await running
    context.diagnostic(JSON.stringify(result))
    assert.equal(result.done, storm.nodes)
  })
