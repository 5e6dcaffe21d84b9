import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missing } from '../support/needs.ts'
import { noFirmware, openSite, reachesMicroOs } from './support/boot.ts'
import { Engine } from './support/engine.ts'
import { dropDirectOffers } from './support/filter.ts'
import { modernIpxe } from './support/ipxe.ts'
import { addresses, identityOf } from './support/site.ts'

test('firmware that discards the direct form gets the boot server form', {
  skip: noFirmware || missing('nft:nftables'),
}, async (t) => {
  const site = await openSite(t)
  dropDirectOffers(site)
  const engine = await Engine.start(site, {
    interfaces: [{ name: 'e0' }],
    bootFiles: { x64: modernIpxe() },
    scriptUrl: site.orchestrator.scriptUrl,
  })
  const node = site.startNode(1, { firmware: 'uefi-x64', card: 'virtio-net-pci' })
  await reachesMicroOs(node, engine, identityOf(1).serial)

  const files = engine.events('dhcp.offered').filter(({ gives }) => gives === 'file')
  assert.deepEqual(
    files.slice(0, 2).map(({ form }) => form),
    ['direct', 'bootServer'],
  )
  const [fallback] = engine.events('dhcp.fallback')
  assert.deepEqual([fallback?.from, fallback?.to, fallback?.mac], ['direct', 'bootServer', identityOf(1).mac])
  assert.equal(engine.events('dhcp.acknowledged')[0]?.mac, identityOf(1).mac)
})

/** What site DHCP servers hand out when somebody once set up another PXE server. */
const rivals: readonly { name: string; dhcpArgs: readonly string[] }[] = [
  {
    name: '66 and 67',
    dhcpArgs: ['--dhcp-option-force=66,10.77.0.9', '--dhcp-option-force=67,wrong.efi'],
  },
  {
    name: '60, 66 and 67, next server and file',
    dhcpArgs: [
      '--dhcp-option-force=60,PXEClient',
      '--dhcp-option-force=66,10.77.0.9',
      '--dhcp-option-force=67,wrong.efi',
      '--dhcp-boot=wrong.efi,rival,10.77.0.9',
    ],
  },
]

for (const { name, dhcpArgs } of rivals)
  test(`the site’s DHCP server hands out its own options ${name}`, { skip: noFirmware }, async (t) => {
    const site = await openSite(t, { dhcpArgs })
    const engine = await Engine.start(site, {
      interfaces: [{ name: 'e0' }],
      bootFiles: { x64: modernIpxe() },
      scriptUrl: site.orchestrator.scriptUrl,
    })
    const node = site.startNode(2, { firmware: 'uefi-x64', card: 'virtio-net-pci' })
    await reachesMicroOs(node, engine, identityOf(2).serial)
    assert.doesNotMatch(node.console.text, /wrong\.efi/)
  })

test('our interface is a bridge', { skip: noFirmware }, async (t) => {
  const site = await openSite(t)
  const ip = (...args: string[]) => site.lan.exec(site.pxe, ['ip', ...args])
  ip('address', 'flush', 'dev', 'e0')
  ip('link', 'add', 'br-lan', 'type', 'bridge')
  ip('link', 'set', 'e0', 'master', 'br-lan')
  ip('address', 'add', `${addresses.pxe}/24`, 'broadcast', '+', 'dev', 'br-lan')
  ip('link', 'set', 'br-lan', 'up')
  const engine = await Engine.start(site, {
    interfaces: [{ name: 'br-lan' }],
    bootFiles: { x64: modernIpxe() },
    scriptUrl: site.orchestrator.scriptUrl,
  })
  const node = site.startNode(3, { firmware: 'uefi-x64', card: 'virtio-net-pci' })
  await reachesMicroOs(node, engine, identityOf(3).serial)
  assert.equal(engine.events('dhcp.offered')[0]?.interface, 'br-lan')
})
