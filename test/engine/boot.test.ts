import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { LinkConditions } from '../../src/net/memory.ts'
import { addressAsIpxe, networkBoot } from '../../src/node/network-boot.ts'
import { edk2 } from '../../src/node/tftp-profiles.ts'
import { file, kinds, mac, type Server, type ServerWishes, TestLan } from './lan.ts'

interface Site {
  readonly lan: TestLan
  readonly server: Server
  /** One node, the same each time. */
  readonly node: ReturnType<TestLan['nodeOptions']>
}

async function openSite(wishes: ServerWishes = {}, weather: Partial<LinkConditions> = {}): Promise<Site> {
  const lan = await TestLan.open(weather)
  return { lan, server: await lan.serve(wishes), node: lan.nodeOptions() }
}

function boot({ lan, node }: Site, transactionId = 1) {
  return lan.boot({ ...node, transactionId })
}

test('a node boots: direct form, size probe, windowed transfer, every byte', async () => {
  const site = await openSite()
  const { result, server } = await boot(site)
  assert.ok(result.ok)
  assert.equal(server, '10.0.0.2')
  assert.equal(result.sha256, createHash('sha256').update(file).digest('hex'))
  assert.deepEqual([result.blockBytes, result.windowSize], [1468, 4])
  await site.lan.clock.advance(10)
  assert.deepEqual(
    site.server.stories.get(mac)?.milestones.map(({ kind }) => kind),
    ['offered', 'leased', 'size probe', 'fetched'],
  )
})

for (const lossPercent of [1, 5, 10]) {
  test(`a node boots at ${lossPercent} % loss with reordering`, async () => {
    const site = await openSite({}, { lossPercent, reorderPercent: 5, delayMs: 1 })
    // A lost DISCOVER is firmware's own business: it asks again.
    for (let attempt = 1; ; attempt++) {
      const booted = await boot(site, attempt).catch((error: Error) => error)
      if (booted instanceof Error && attempt < 4) continue
      assert.ok(!(booted instanceof Error), String(booted))
      assert.ok(booted.result.ok, JSON.stringify(booted.result))
      assert.equal(booted.result.sizeBytes, file.length)
      return
    }
  })
}

test('iPXE out of the boot file is given the script, and seen', async () => {
  const site = await openSite({ config: 'scriptUrl: http://boot.example/boot.ipxe\n' })
  await boot(site)
  const address = await site.lan.clock.until(addressAsIpxe({ ...site.node, transactionId: 9 }))
  assert.equal(address, '10.0.1.1')
  const offers = site.server.events.filter((event) => event.type === 'dhcp.offered')
  assert.equal(offers.at(-1)?.bootFile, 'http://boot.example/boot.ipxe')
  assert.equal(site.server.stories.get(mac)?.stage, 'ipxe-addressed')
})

test('iPXE that takes its address on another NIC of the node goes on with the boot of the first one', async () => {
  const uuid = '11112222-3333-4444-5555-666677778888'
  const site = await openSite({ config: 'scriptUrl: http://boot.example/boot.ipxe\n' })
  const hardware = { ...site.node.hardware, uuid }
  await site.lan.boot({ ...site.node, hardware })
  const second = site.lan.nodeOptions(2, 9)
  const asIpxe = { ...second, hardware: { ...second.hardware, uuid } }
  await site.lan.clock.until(addressAsIpxe(asIpxe))
  assert.equal(site.server.stories.get(mac)?.stage, 'ipxe-started')
  const { stage, offers } = site.server.stories.get(asIpxe.hardware.mac) ?? {}
  assert.deepEqual([stage, offers], ['ipxe-addressed', 1])
})

test('a file swapped during a transfer leaves that transfer whole, and the next one gets the new file', async () => {
  const second = Buffer.alloc(500_000, 'second')
  const site = await openSite()
  let swapped = false
  const running = networkBoot({
    ...site.node,
    profile: edk2,
    onData: () => {
      if (swapped) return
      swapped = true
      void site.server.readAgain(async () => second)
    },
  })
  const first = await site.lan.clock.until(running)
  assert.ok(first.result.ok && first.result.sizeBytes === file.length)
  const next = await boot(site, 2)
  assert.ok(next.result.ok && next.result.sizeBytes === second.length)
})

test('a NIC without an address is waited for, then answered on; a new address is followed', async () => {
  const site = await openSite()
  site.server.nic({ addresses: [], problem: 'no-ipv4' })
  await site.lan.clock.advance(1)
  site.server.nic({ addresses: ['10.0.0.2'], problem: undefined })
  await site.lan.clock.advance(1)
  const seen = kinds(site.server).filter((type) => type.startsWith('interface.'))
  assert.deepEqual(seen, ['interface.listening', 'interface.waiting', 'interface.listening'])
  assert.ok((await boot(site)).result.ok)
})

test('a link that is down for a moment keeps its station', async () => {
  const site = await openSite()
  site.server.nic({ problem: 'down' })
  site.server.nic({ problem: undefined })
  await site.lan.clock.advance(1)
  assert.deepEqual(
    kinds(site.server).filter((type) => type.startsWith('interface.')),
    ['interface.listening'],
  )
})

test('an architecture without a file is refused by name', async () => {
  const { lan, server, node } = await openSite()
  await assert.rejects(lan.boot({ ...node, hardware: { mac, architecture: 11 } }), /PXE-E16/)
  const ignored = server.events.find(
    (event) => event.type === 'dhcp.ignored' && event.reason === 'architecture-not-configured',
  )
  assert.match(JSON.stringify(ignored), /ARM 64-bit UEFI/)
})

test('draining lets a running transfer end and answers no discover any more', async () => {
  const site = await openSite()
  let drained: Promise<void> | undefined
  const running = networkBoot({
    ...site.node,
    profile: edk2,
    onData: () => {
      drained ??= site.server.engine.drain()
    },
  })
  const { result } = await site.lan.clock.until(running)
  assert.ok(result.ok)
  await site.lan.clock.until(drained ?? Promise.reject(new Error('never drained')))
  await assert.rejects(boot(site, 2), /PXE-E16/)
})
