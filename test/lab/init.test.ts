import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { missing } from '../support/needs.ts'
import { noFirmware, openSite, reachesMicroOs } from './support/boot.ts'
import { secureBootCertificate } from './support/certificates.ts'
import { Engine } from './support/engine.ts'
import { makeSignedIpxe } from './support/ipxe.ts'
import { fqdn } from './support/orchestrator.ts'
import { addresses, identityOf, type Site } from './support/site.ts'

const unfit = noFirmware || missing('sbsign:sbsigntool', 'objcopy:binutils')
const root = join(import.meta.dirname, '../..')

/** Builds the boot file anew, as the orchestrator does after a restart, and publishes it. */
function publishBootFile({ directory, orchestrator }: Site): string {
  const scratch = mkdtempSync(join(directory, 'build-'))
  const script = `#!ipxe\ndhcp\nchain ${orchestrator.httpsScriptUrl}\n`
  const signer = secureBootCertificate(scratch)
  const file = makeSignedIpxe(scratch, { endpoint: orchestrator.certificate, script }, signer)
  orchestrator.publish('signed_ipxe.efi', readFileSync(file))
  orchestrator.publish('keys/db.der', signer.der)
  return file
}

/** The words of `emf-pxe init …` for this site. */
function command({ directory, orchestrator }: Site, flags: readonly string[]): readonly string[] {
  const caFile = orchestrator.authority.certificatePath
  return [
    ...[process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'bin/run.ts'), 'init'],
    ...['--interface', 'e0', '--orchestrator', fqdn, '--ca-file', caFile, '--target', 'none'],
    ...['--config', join(directory, 'etc/config.yaml'), '--state-dir', join(directory, 'state')],
    ...flags,
  ]
}

/** Run in the namespace of the PXE server, as an administrator's script runs it. */
function init(site: Site): string {
  return site.lan.exec(site.pxe, command(site, ['--yes', '--no-input', '--json']))
}

function writtenConfig({ directory }: Site) {
  return parse(readFileSync(join(directory, 'etc/config.yaml'), 'utf8'))
}

test('init without questions, and a node boots from what it fetched', { skip: unfit }, async (t) => {
  const site = await openSite(t)
  const file = publishBootFile(site)
  const result = JSON.parse(init(site))
  assert.deepEqual([result.changed, result.artifact.sizeBytes], [true, statSync(file).size])
  const config = writtenConfig(site)
  assert.deepEqual(config.interfaces, [{ name: 'e0' }])
  assert.equal(config.orchestrator.fqdn, fqdn)
  assert.equal(JSON.parse(init(site)).changed, false, 'a second run changes nothing')
  // It asked on the NIC, as a node does.
  await site.dhcpLog.waitFor(/DHCPDISCOVER\(e0\) 02:65:6d/, 5_000)

  const engine = await Engine.start(site, config)
  const node = site.startNode(1, { firmware: 'uefi-x64', card: 'virtio-net-pci' })
  await reachesMicroOs(node, engine, identityOf(1).serial)
  assert.equal(engine.events('tftp.completed')[0]?.totalBytes, statSync(file).size)
  assert.match(site.orchestrator.requests(), /^https .* GET \/tink-stack\/boot\.ipxe "iPXE/m)
  assert.doesNotMatch(site.orchestrator.requests(), /^http /m)
})

test('a rotated certificate: alarmed while the file is old, refreshed when the new one is there', {
  skip: unfit,
}, async (t) => {
  const site = await openSite(t)
  publishBootFile(site)
  init(site)
  const engine = await Engine.start(site, { ...writtenConfig(site), artifact: { refreshMinutes: 1 } })
  await engine.waitFor(/"event":"artifact\.unchanged"/, 60_000)
  assert.deepEqual(engine.events('artifact.trust-mismatch'), [])

  const { fingerprint } = await site.orchestrator.rotateCertificate()
  await engine.waitFor(/"event":"artifact\.trust-mismatch"/, 90_000)
  const [alarm] = engine.events('artifact.trust-mismatch')
  assert.equal(alarm?.served, fingerprint.toString('hex'))
  assert.equal(alarm?.level, 'error')
  assert.deepEqual(engine.events('artifact.refreshed'), [], 'the old file goes on serving')

  const file = publishBootFile(site)
  await engine.waitFor(/"event":"artifact\.refreshed"/, 90_000)
  const [refreshed] = engine.events('artifact.refreshed')
  assert.equal(refreshed?.sizeBytes, statSync(file).size)
  const after = engine
    .events()
    .slice(engine.events().findIndex(({ event }) => event === 'artifact.refreshed'))
  assert.ok(!after.some(({ event }) => event === 'artifact.trust-mismatch'))
})

test('a DHCP server that speaks PXE itself is named', { skip: unfit }, async (t) => {
  const dhcpArgs = ['--pxe-service=x86-64_EFI,rival,rival.efi', '--enable-tftp']
  const site = await openSite(t, { dhcpArgs })
  publishBootFile(site)
  const words = command(site, ['--dry-run', '--no-input'])
  const said = site.lan.exec(site.pxe, ['sh', '-c', 'exec "$@" 2>&1', 'sh', ...words])
  assert.match(said, new RegExp(`DHCP server ${addresses.dhcp} speaks PXE itself`))
  assert.equal(existsSync(join(site.directory, 'etc')), false)
})
