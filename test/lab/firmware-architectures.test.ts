import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { test } from 'node:test'
import type { ConfigInput } from '../../src/config/schema.ts'
import { missing } from '../support/needs.ts'
import { noFirmware, openSite, sees } from './support/boot.ts'
import { Engine } from './support/engine.ts'
import { modernIpxe } from './support/ipxe.ts'
import { identityOf } from './support/site.ts'

const noArm =
  noFirmware ||
  missing('qemu-system-aarch64:qemu-system-arm', '/usr/share/AAVMF/AAVMF_CODE.fd:qemu-efi-aarch64')
const config = (bootFiles: ConfigInput['bootFiles']): ConfigInput => ({
  interfaces: [{ name: 'e0' }],
  bootFiles,
})

const refused = [
  {
    sentence: 'ARM 64-bit UEFI',
    architecture: 'arm64',
    number: 1,
    node: { firmware: 'uefi-arm64', card: 'virtio-net-pci' },
    skip: noArm,
  },
  {
    sentence: 'BIOS',
    architecture: 'bios',
    number: 2,
    node: { firmware: 'bios', card: 'e1000' },
    skip: noFirmware,
  },
] as const

for (const { architecture, sentence, number, node, skip } of refused)
  test(`a node of architecture ${architecture} without a boot file is refused by name`, {
    skip,
  }, async (t) => {
    const site = await openSite(t)
    const engine = await Engine.start(site, config({ x64: modernIpxe() }))
    site.startNode(number, node)
    await engine.waitFor(/"reason":"architecture-not-configured"/, 120_000)
    const [ignored] = engine.events('dhcp.ignored').filter(({ mac }) => mac === identityOf(number).mac)
    assert.equal(ignored?.level, 'warning')
    assert.match(ignored?.message ?? '', new RegExp(`architecture-not-configured.*${sentence}`))
    assert.deepEqual(engine.events('dhcp.offered'), [])
  })

test('an AArch64 node runs the boot file configured for it', { skip: noArm }, async (t) => {
  const site = await openSite(t)
  const bootFiles = { x64: modernIpxe(), arm64: modernIpxe('arm64') }
  const { scriptUrl } = site.orchestrator
  const engine = await Engine.start(site, { ...config(bootFiles), scriptUrl })
  const node = site.startNode(3, { firmware: 'uefi-arm64', card: 'virtio-net-pci' })
  await sees(node, engine, /boot\.ipxe runs/)
  assert.equal(engine.events('dhcp.offered')[0]?.architecture, 'arm64')
  assert.equal(engine.events('tftp.completed')[0]?.totalBytes, statSync(bootFiles.arm64).size)
})

test('a BIOS node runs the boot file configured for it', { skip: noFirmware }, async (t) => {
  const site = await openSite(t)
  const bootFiles = { x64: modernIpxe(), bios: '/usr/lib/ipxe/undionly.kpxe' }
  const { scriptUrl } = site.orchestrator
  const engine = await Engine.start(site, { ...config(bootFiles), scriptUrl })
  const node = site.startNode(4, { firmware: 'bios', card: 'e1000' })
  await sees(node, engine, /boot\.ipxe runs/)
  assert.equal(engine.events('dhcp.offered')[0]?.architecture, 'bios')
  assert.equal(engine.events('tftp.completed')[0]?.totalBytes, statSync(bootFiles.bios).size)
})

test('UEFI HTTP boot from the file that we serve on site', { skip: noFirmware }, async (t) => {
  const site = await openSite(t)
  const engine = await Engine.start(site, {
    ...config({ x64: modernIpxe() }),
    scriptUrl: site.orchestrator.scriptUrl,
    httpBoot: { mode: 'local' },
  })
  const node = site.startNode(5, { firmware: 'uefi-x64', card: 'virtio-net-pci', httpBoot: true })
  await sees(node, engine, /boot\.ipxe runs/)
  assert.equal(engine.events('http.served')[0]?.mac, identityOf(5).mac)
})
