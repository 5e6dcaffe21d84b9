import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { missing } from '../support/needs.ts'
import { noFirmware, openSite, reachesMicroOs, sees } from './support/boot.ts'
import { endpointCertificate, enrolledCertificate } from './support/certificates.ts'
import { Engine } from './support/engine.ts'
import { makeSignedIpxe, modernIpxe, oldIpxe, signImage } from './support/ipxe.ts'
import { microOs } from './support/micro-os.ts'
import { fqdn, provisioningHost } from './support/orchestrator.ts'
import { identityOf } from './support/site.ts'

const ctrlB = '\x02'

test('OVMF with virtio-net boots to the kernel’s first line', { skip: noFirmware }, async (t) => {
  const site = await openSite(t)
  const engine = await Engine.start(site, {
    interfaces: [{ name: 'e0' }],
    bootFiles: { x64: oldIpxe },
    scriptUrl: site.orchestrator.scriptUrl,
  })
  const node = site.startNode(1, { firmware: 'uefi-x64', card: 'virtio-net-pci' })
  await reachesMicroOs(node, engine, identityOf(1).serial)

  const [firmware, ipxe] = engine.events('dhcp.offered')
  assert.deepEqual([firmware?.form, firmware?.gives, firmware?.mac], ['direct', 'file', identityOf(1).mac])
  assert.equal(ipxe?.gives, 'script')
  const [fetched] = engine.events('tftp.completed')
  assert.equal(fetched?.totalBytes, statSync(oldIpxe).size)
  assert.deepEqual(engine.events('dhcp.fallback'), [])
  assert.match(site.orchestrator.requests(), /200 \d+ GET \/tink-stack\/vmlinuz-x86_64 "iPXE/)
  assert.equal(await engine.stop(), 0)
})

test('e1000: the iPXE in the card’s ROM is firmware like any other', { skip: noFirmware }, async (t) => {
  const site = await openSite(t)
  const engine = await Engine.start(site, {
    interfaces: [{ name: 'e0' }],
    bootFiles: { x64: modernIpxe() },
    scriptUrl: site.orchestrator.scriptUrl,
  })
  const node = site.startNode(2, { firmware: 'uefi-x64', card: 'e1000' })
  await reachesMicroOs(node, engine, identityOf(2).serial)
  assert.equal(engine.events('tftp.completed')[0]?.totalBytes, statSync(modernIpxe()).size)
})

test('e1000: OVMF’s own client, over the driver in the card’s ROM', { skip: noFirmware }, async (t) => {
  const site = await openSite(t)
  const engine = await Engine.start(site, {
    interfaces: [{ name: 'e0' }],
    bootFiles: { x64: modernIpxe() },
    scriptUrl: site.orchestrator.scriptUrl,
  })
  const node = site.startNode(3, { firmware: 'uefi-x64', card: 'e1000' })
  // Leaving the ROM's iPXE hands over to the firmware, which boots from the same card by itself.
  await sees(node, engine, /Press Ctrl-B for the iPXE command line/)
  node.type(ctrlB)
  await sees(node, engine, /iPXE> /)
  node.type('exit\r')
  await sees(node, engine, /Start PXE over IPv4/)
  await reachesMicroOs(node, engine, identityOf(3).serial)
  const [offer] = engine.events('dhcp.offered')
  assert.deepEqual([offer?.form, offer?.gives], ['direct', 'file'])
})

const noSecureBoot =
  noFirmware ||
  missing('sbsign:sbsigntool', 'objcopy:binutils', '/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd:ovmf')

test('given the orchestrator’s name alone: fetched, verified, served, booted with Secure Boot on', {
  skip: noSecureBoot,
}, async (t) => {
  const site = await openSite(t)
  const { orchestrator } = site
  const signer = enrolledCertificate(site.directory)
  const embedded = {
    endpoint: orchestrator.certificate,
    script: `#!ipxe\ndhcp\nchain ${orchestrator.httpsScriptUrl}\n`,
  }
  const artifact = makeSignedIpxe(site.directory, embedded, signer)
  const kernel = signImage(microOs().kernel, signer, join(site.directory, 'vmlinuz.signed'))
  orchestrator.publish('signed_ipxe.efi', readFileSync(artifact))
  orchestrator.publish('vmlinuz-x86_64', readFileSync(kernel))

  const engine = await Engine.start(site, {
    interfaces: [{ name: 'e0' }],
    orchestrator: { fqdn, caFile: orchestrator.certificate.certificatePath },
  })
  await engine.waitFor(/"event":"artifact\.refreshed"/, 30_000)
  const node = site.startNode(4, { firmware: 'uefi-x64', card: 'virtio-net-pci', secureBoot: true })
  await reachesMicroOs(node, engine, identityOf(4).serial)
  assert.equal(engine.events('tftp.completed')[0]?.totalBytes, statSync(artifact).size)
  assert.doesNotMatch(orchestrator.requests(), /^http /m)
})

test('a boot file kept from before the endpoint’s certificate changed: TLS fails inside iPXE', {
  skip: noSecureBoot,
}, async (t) => {
  const site = await openSite(t)
  const before = mkdtempSync(join(site.directory, 'before-'))
  const embedded = { endpoint: endpointCertificate(before, [provisioningHost]), script: '#!ipxe\n' }
  const stale = makeSignedIpxe(before, embedded, enrolledCertificate(before))
  const engine = await Engine.start(site, {
    interfaces: [{ name: 'e0' }],
    bootFiles: { x64: stale },
    scriptUrl: site.orchestrator.httpsScriptUrl,
  })
  const node = site.startNode(5, { firmware: 'uefi-x64', card: 'virtio-net-pci' })
  await sees(node, engine, /tink-stack\/boot\.ipxe\.*\s.*\(https:\/\/ipxe\.org\/0216/)
  assert.equal(site.orchestrator.requests(), '')
})
