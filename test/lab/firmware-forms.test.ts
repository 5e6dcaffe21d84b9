import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConfigInput } from '../../src/config/schema.ts'
import { missing } from '../support/needs.ts'
import { noFirmware, openSite, reachesMicroOs, sees } from './support/boot.ts'
import { Engine } from './support/engine.ts'
import { dropDirectOffers } from './support/filter.ts'
import { modernIpxe } from './support/ipxe.ts'
import { addresses, identityOf, type Site } from './support/site.ts'

function configFor(site: Site, interfaceName = 'e0'): ConfigInput {
  return {
    interfaces: [{ name: interfaceName }],
    bootFiles: { x64: modernIpxe() },
    scriptUrl: site.orchestrator.scriptUrl,
  }
}

test('firmware that discards the direct form gets the boot server form', {
  skip: noFirmware || missing('nft:nftables'),
}, async (t) => {
  const site = await openSite(t)
  dropDirectOffers(site, 'ipxe.efi')
  const engine = await Engine.start(site, configFor(site))
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

/** A site where somebody once set up another PXE server. */
const rival = '10.77.0.9'

test('the site’s DHCP server hands out options 66 and 67 of its own', { skip: noFirmware }, async (t) => {
  const site = await openSite(t, {
    dhcpArgs: [`--dhcp-option-force=66,${rival}`, '--dhcp-option-force=67,wrong.efi'],
  })
  const engine = await Engine.start(site, configFor(site))
  const node = site.startNode(2, { firmware: 'uefi-x64', card: 'virtio-net-pci' })
  await reachesMicroOs(node, engine, identityOf(2).serial)
  assert.doesNotMatch(node.console.text, /wrong\.efi/)
})

test('the site’s DHCP server calls itself PXEClient and names us: the node asks our port 4011', {
  skip: noFirmware,
}, async (t) => {
  const site = await openSite(t, {
    dhcpArgs: ['--dhcp-option-force=60,PXEClient', `--dhcp-boot=wrong.efi,,${addresses.pxe}`],
  })
  const engine = await Engine.start(site, configFor(site))
  const node = site.startNode(3, { firmware: 'uefi-x64', card: 'virtio-net-pci' })
  await sees(node, engine, /iPXE initialising devices/)
  assert.equal(engine.events('dhcp.acknowledged')[0]?.bootFile, 'ipxe.efi')
})

// edk2 combines a ProxyDHCP offer only with an address offer that is not from a PXE server
// (PxeBcSelectDhcp4Offer), so nothing that we could send would win here.
test('the site’s DHCP server calls itself PXEClient and names another: the node asks that one', {
  skip: noFirmware,
}, async (t) => {
  const site = await openSite(t, {
    dhcpArgs: ['--dhcp-option-force=60,PXEClient', `--dhcp-boot=wrong.efi,,${rival}`],
  })
  const engine = await Engine.start(site, configFor(site))
  const node = site.startNode(4, { firmware: 'uefi-x64', card: 'virtio-net-pci' })
  await sees(node, engine, /PXE-E16: No valid offer received/)
  const [leased] = engine.events('dhcp.leased')
  assert.deepEqual([leased?.dhcpServer, leased?.stage], [addresses.dhcp, 'firmware'])
  assert.equal(engine.events('dhcp.offered')[0]?.mac, identityOf(4).mac)
  assert.deepEqual(engine.events('tftp.requested'), [])
})

test('our interface is a bridge', { skip: noFirmware }, async (t) => {
  const site = await openSite(t)
  const ip = (...args: string[]) => site.lan.exec(site.pxe, ['ip', ...args])
  ip('address', 'flush', 'dev', 'e0')
  ip('link', 'add', 'br-lan', 'type', 'bridge')
  ip('link', 'set', 'e0', 'master', 'br-lan')
  ip('address', 'add', `${addresses.pxe}/24`, 'broadcast', '+', 'dev', 'br-lan')
  ip('link', 'set', 'br-lan', 'up')
  const engine = await Engine.start(site, configFor(site, 'br-lan'))
  const node = site.startNode(5, { firmware: 'uefi-x64', card: 'virtio-net-pci' })
  await reachesMicroOs(node, engine, identityOf(5).serial)
  assert.equal(engine.events('dhcp.offered')[0]?.interface, 'br-lan')
})
