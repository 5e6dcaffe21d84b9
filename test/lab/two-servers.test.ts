import assert from 'node:assert/strict'
import { once } from 'node:events'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { SiteDhcp } from '../../src/demo/site-dhcp.ts'
import { systemClock } from '../../src/net/clock.ts'
import { KernelNetwork } from '../../src/net/kernel.ts'
import { type NetworkBoot, networkBoot } from '../../src/node/network-boot.ts'
import { edk2 } from '../../src/node/tftp-profiles.ts'
import { inside } from '../support/inside-namespace.ts'
import { missing } from '../support/needs.ts'
import { program, type StormServer } from './support/storm-server.ts'
import { StormSite } from './support/storm-site.ts'

const skip = missing('root', 'ip:iproute2', 'cc:gcc')
const ports = { server: 67, client: 68 }

test('100 nodes boot at their first DISCOVER beside a server without a boot file, which then gets it', {
  skip,
  timeout: 240_000,
}, async (context) => {
  const { site, empty, late } = await openSite(context)
  const first = await boot(site, 100)
  assert.deepEqual(serversOf(first), [site.server.address])
  copyFileSync(site.bootFile, late)
  await empty.printed('artifact.loaded')
  assert.deepEqual(await checked(site, empty, ['rival-proxy', 'firmware-choice']), ['ok', 'ok'])
  await site.server.kill()
  assert.deepEqual(serversOf(await boot(site, 20)), [empty.address])
})

/** What `status` of that server finds, of the checks named. */
async function checked(
  { lan }: StormSite,
  { namespace, stateDirectory }: StormServer,
  checks: string[],
): Promise<unknown[]> {
  const files = ['--config', join(stateDirectory, 'config.yaml'), '--state-dir', stateDirectory]
  const only = checks.flatMap((check) => ['--only', check])
  const child = lan.spawn(namespace, [...program, 'status', '--json', ...files, ...only])
  let text = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  await once(child, 'close')
  const found: { id: string; outcome: string }[] = JSON.parse(text).checks
  return checks.map((check) => found.find(({ id }) => id === check)?.outcome)
}

/** Both servers, the empty one first, and a DHCP server. */
async function openSite(context: TestContext) {
  const site = StormSite.open(context)
  const late = join(site.directory, 'late.efi')
  const empty = site.addServer('empty', '10.82.0.3')
  empty.options = { config: { bootFiles: { x64: late } } }
  await empty.start()
  await empty.printed('artifact.missing')
  await site.serve()
  const namespace = site.lan.addHost('dhcp', '10.82.0.9/16')
  const dhcp = await inside(namespace, () =>
    SiteDhcp.open({
      network: new KernelNetwork(),
      interface: 'e0',
      address: '10.82.0.9',
      ports,
      addressFor: (mac) => `10.82.16.${Number.parseInt(mac.slice(-2), 16)}`,
    }),
  )
  context.after(() => dhcp.close())
  return { site, empty, late } satisfies { site: StormSite; empty: StormServer; late: string }
}

/** Each hears every broadcast, in this one process: all in the same moment would not fit into its sockets. */
const spaceMs = 20

/** Each with one DISCOVER and no second try. */
function boot(site: StormSite, nodes: number): Promise<NetworkBoot[]> {
  const options = {
    network: new KernelNetwork(),
    clock: systemClock,
    interface: 'e0',
    ports: { ...ports, bootServer: 4011, tftp: 69 },
    profile: edk2,
    windowMs: 4000,
  }
  const one = async (node: number) => {
    await new Promise<void>((resolve) => systemClock.schedule(node * spaceMs, resolve))
    const mac = `52:54:00:00:00:${node.toString(16).padStart(2, '0')}`
    return networkBoot({ ...options, hardware: { mac, architecture: 7 }, transactionId: node })
  }
  return inside(site.nodes, () => Promise.all(Array.from({ length: nodes }, (_, index) => one(index + 1))))
}

/** Where they booted from; an undelivered file is an error. */
function serversOf(boots: readonly NetworkBoot[]): string[] {
  for (const { result } of boots) assert.ok(result.ok, JSON.stringify(result))
  return [...new Set(boots.map(({ server }) => server))]
}
