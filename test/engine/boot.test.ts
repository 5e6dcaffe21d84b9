import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { readConfigText } from '../../src/config/load.ts'
import { SiteDhcp } from '../../src/demo/site-dhcp.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { NicState } from '../../src/engine/stations.ts'
import type { ServeEvent } from '../../src/events/event.ts'
import { BootStories } from '../../src/events/stories.ts'
import type { DatagramNetwork } from '../../src/net/datagram.ts'
import { type LinkConditions, MemoryNetwork } from '../../src/net/memory.ts'
import { VirtualClock } from '../../src/net/virtual-clock.ts'
import { addressAsIpxe, networkBoot } from '../../src/node/network-boot.ts'
import { edk2 } from '../../src/node/tftp-profiles.ts'

const mac = '52:54:00:00:00:01'
const ports = { server: 67, client: 68, bootServer: 4011, tftp: 69 }
const firmware = { interface: 'n0', hardware: { mac, architecture: 7 }, ports, windowMs: 4000 }
const file = Buffer.alloc(1_080_320, 'not all bytes are alike ')

interface Site {
  readonly clock: VirtualClock
  readonly network: MemoryNetwork
  readonly engine: Engine
  readonly node: DatagramNetwork
  readonly events: ServeEvent[]
  readonly stories: BootStories
  /** Changes what the engine sees of its NIC. */
  readonly nic: (state: Partial<NicState>) => void
}

interface Wishes {
  readonly config?: string
  readonly weather?: Partial<LinkConditions>
  readonly read?: () => Promise<Uint8Array>
}

async function openSite({ config = '', weather = {}, read = async () => file }: Wishes = {}): Promise<Site> {
  const clock = new VirtualClock()
  const network = new MemoryNetwork(clock, { seed: 7 })
  const events: ServeEvent[] = []
  const stories = new BootStories()
  const dhcp = await SiteDhcp.open({
    network: network.host({ name: 'd0', address: '10.0.0.1' }),
    interface: 'd0',
    address: '10.0.0.1',
    ports: { server: 67, client: 68 },
    addressFor: () => '10.0.0.100',
  })
  assert.ok(dhcp)
  let onChange: (states: readonly NicState[]) => void = () => {}
  let state: NicState = { name: 'e0', addresses: ['10.0.0.2'], problem: undefined }
  const text = `interfaces: [{name: e0}]\nbootFiles: {x64: /boot/ipxe.efi}\n${config}`
  const engine = new Engine(
    {
      config: readConfigText(text, 'config.yaml').config,
      sources: [{ architecture: 'x64', name: 'ipxe.efi', path: '/boot/ipxe.efi', read }],
      artifactUrl: undefined,
    },
    {
      network: network.host({ name: 'e0', address: '10.0.0.2' }),
      clock,
      publish: (event) => {
        events.push(event)
        stories.apply(event)
      },
      neighbour: () => undefined,
      watchNics: (_names, listener) => {
        onChange = listener
        listener([state])
        return () => {}
      },
    },
  )
  await clock.until(engine.start())
  network.conditions = { ...network.conditions, ...weather }
  return {
    clock,
    network,
    engine,
    events,
    stories,
    node: network.host({ name: 'n0', address: '10.0.0.100' }),
    nic: (change) => {
      state = { ...state, ...change }
      onChange([state])
    },
  }
}

function boot({ node, clock }: Site, transactionId = 1) {
  return clock.until(networkBoot({ ...firmware, network: node, clock, transactionId, profile: edk2 }))
}

const kinds = (events: readonly ServeEvent[]) => events.map(({ type }) => type)

test('a node boots: direct form, size probe, windowed transfer, every byte', async () => {
  const site = await openSite()
  const { result, server } = await boot(site)
  assert.ok(result.ok)
  assert.equal(server, '10.0.0.2')
  assert.equal(result.sha256, createHash('sha256').update(file).digest('hex'))
  assert.deepEqual([result.blockBytes, result.windowSize], [1468, 4])
  await site.clock.advance(10)
  assert.deepEqual(
    site.stories.get(mac)?.milestones.map(({ kind }) => kind),
    ['offered', 'leased', 'size probe', 'fetched'],
  )
})

for (const lossPercent of [1, 5, 10]) {
  test(`a node boots at ${lossPercent} % loss with reordering`, async () => {
    const site = await openSite({ weather: { lossPercent, reorderPercent: 5, delayMs: 1 } })
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
  const address = await site.clock.until(
    addressAsIpxe({ ...firmware, network: site.node, clock: site.clock, transactionId: 9 }),
  )
  assert.equal(address, '10.0.0.100')
  const offers = site.events.filter((event) => event.type === 'dhcp.offered')
  assert.equal(offers.at(-1)?.bootFile, 'http://boot.example/boot.ipxe')
  assert.equal(site.stories.get(mac)?.stage, 'ipxe-addressed')
})

test('a missing boot file keeps the server up, is offered, and refused by TFTP ERROR 1', async () => {
  const site = await openSite({ read: () => Promise.reject(new Error('ENOENT: no such file')) })
  const { result } = await boot(site)
  assert.ok(!result.ok)
  assert.equal(result.code, 1)
  assert.ok(kinds(site.events).includes('artifact.missing'))
  assert.equal(site.stories.get(mac)?.failure?.reason, 'artifact-missing')
})

test('a file swapped during a transfer leaves that transfer whole, and the next one gets the new file', async () => {
  const second = Buffer.alloc(500_000, 'second')
  const reads = [file, second]
  const site = await openSite({ read: async () => reads.shift() ?? second })
  let swapped = false
  const running = networkBoot({
    ...firmware,
    network: site.node,
    clock: site.clock,
    transactionId: 1,
    profile: edk2,
    onData: () => {
      if (swapped) return
      swapped = true
      void site.engine.reloadFiles(
        [{ architecture: 'x64', name: 'ipxe.efi', path: '/boot/ipxe.efi', read: async () => second }],
        undefined,
      )
    },
  })
  const first = await site.clock.until(running)
  assert.ok(first.result.ok && first.result.sizeBytes === file.length)
  const next = await boot(site, 2)
  assert.ok(next.result.ok && next.result.sizeBytes === second.length)
})

test('a NIC without an address is waited for, then answered on; a new address is followed', async () => {
  const site = await openSite()
  site.nic({ addresses: [], problem: 'no-ipv4' })
  await site.clock.advance(1)
  site.nic({ addresses: ['10.0.0.2'], problem: undefined })
  await site.clock.advance(1)
  const seen = kinds(site.events).filter((type) => type.startsWith('interface.'))
  assert.deepEqual(seen, ['interface.listening', 'interface.waiting', 'interface.listening'])
  assert.ok((await boot(site)).result.ok)
})

test('a link that is down for a moment keeps its station', async () => {
  const site = await openSite()
  site.nic({ problem: 'down' })
  site.nic({ problem: undefined })
  await site.clock.advance(1)
  assert.deepEqual(
    kinds(site.events).filter((type) => type.startsWith('interface.')),
    ['interface.listening'],
  )
})

test('an architecture without a file is refused by name', async () => {
  const site = await openSite()
  await assert.rejects(
    site.clock.until(
      networkBoot({
        ...firmware,
        hardware: { mac, architecture: 11 },
        network: site.node,
        clock: site.clock,
        transactionId: 1,
        profile: edk2,
      }),
    ),
    /PXE-E16/,
  )
  const ignored = site.events.find(
    (event) => event.type === 'dhcp.ignored' && event.reason === 'architecture-not-configured',
  )
  assert.match(JSON.stringify(ignored), /ARM 64-bit UEFI/)
})

test('draining lets a running transfer end and answers no discover any more', async () => {
  const site = await openSite()
  let drained: Promise<void> | undefined
  const running = networkBoot({
    ...firmware,
    network: site.node,
    clock: site.clock,
    transactionId: 1,
    profile: edk2,
    onData: () => {
      drained ??= site.engine.drain()
    },
  })
  const { result } = await site.clock.until(running)
  assert.ok(result.ok)
  await site.clock.until(drained ?? Promise.reject(new Error('never drained')))
  await assert.rejects(boot(site, 2), /PXE-E16/)
})
