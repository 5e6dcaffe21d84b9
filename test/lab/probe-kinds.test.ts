import assert from 'node:assert/strict'
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { NodeKindName } from '../../src/probe/kinds.ts'
import type { ProbeReport } from '../../src/probe/report.ts'
import { missing } from '../support/needs.ts'
import { unpackedPackage } from './support/debian.ts'
import { at, FaultSite } from './support/fault-site.ts'

const needs = missing('namespaces', 'dnsmasq:dnsmasq-base', 'apt-get:apt', '/usr/lib/ipxe/undionly.kpxe:ipxe')
const schema = JSON.parse(readFileSync('docs/schemas/probe.schema.json', 'utf8'))
const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema)

/** From a laptop on the LAN, where nothing of ours is installed. */
const ask = 'emf-pxe probe --json --wait 1 --config /nonexistent --state-dir /nonexistent'

describe('probe, from another machine of the LAN', { skip: needs }, () => {
  let site: FaultSite
  let laptop: string

  before(async () => {
    site = await FaultSite.open()
    const bios = join(site.directory, 'undionly.kpxe')
    copyFileSync('/usr/lib/ipxe/undionly.kpxe', bios)
    site.writeConfig({ ...site.config, bootFiles: { bios }, httpBoot: { mode: 'local' } })
    await site.startService()
    laptop = site.lan.addHost('laptop', '10.78.0.50/24')
  })
  after(() => site?.close())

  async function probe(namespace: string, flags = ''): Promise<ProbeReport> {
    const output = await site.run(namespace, `${ask} ${flags} || [ $? = 3 ]`)
    assert.ok(valid(JSON.parse(output)), JSON.stringify(valid.errors))
    return JSON.parse(output) as ProbeReport
  }

  const kinds: readonly [kind: NodeKindName, file: string | undefined, blockBytes: number][] = [
    ['edk2-x64', 'ipxe.efi', 1468],
    ['edk2-arm64', undefined, 0],
    ['bios', 'undionly.kpxe', 512],
    ['ipxe', 'ipxe.efi', 1432],
    ['http-x64', `http://${at.pxe}:8069/ipxe.efi`, 0],
  ]
  for (const [kind, file, blockBytes] of kinds)
    test(`${kind} gets ${file ?? 'nothing, for there is nothing for it'}`, async () => {
      const report = await probe(laptop, `--as ${kind}`)
      const told = JSON.stringify(report, undefined, 1)
      assert.ok(
        report.answers.some(
          ({ offeredAddress, nameServers }) => offeredAddress && nameServers[0] === at.dhcp,
        ),
        told,
      )
      assert.equal(report.file?.name, file, told)
      if (file === undefined) return
      assert.equal(report.choice.server, at.pxe, told)
      assert.deepEqual([report.file?.fetched, report.file?.blockBytes], [true, blockBytes], told)
    })

  test('no lease is taken', async () => {
    await probe(laptop)
    assert.match(site.dhcpLog, /DHCPDISCOVER/)
    assert.doesNotMatch(site.dhcpLog, /DHCPREQUEST/)
  })

  test('beside a DHCP client that has port 68 on every address, and beside itself', async () => {
    const namespace = site.lan.addHost('leased')
    const stop = await startDhclient(site, namespace)
    assert.match(await site.run(namespace, 'ss -Hlun'), /0\.0\.0\.0:68\b/)
    const reports = await Promise.all([probe(namespace), probe(namespace)])
    for (const { file } of reports) assert.equal(file?.fetched, true)
    await stop()
  })

  test('a program that does not share port 68 is named', async () => {
    const stop = await site.start(
      laptop,
      ['socat', '-d', '-d', 'UDP4-RECV:68', '-'],
      /starting data transfer/,
    )
    const said = await site.run(laptop, `${ask} 2>&1 || true`)
    assert.match(said, /PORT_IN_USE/)
    assert.match(said, /socat \(pid \d+\)/)
    assert.match(said, /for a moment \(kill \d+\)/)
    await stop()
  })
})

/** The DHCP client of Debian, from its package; its own script would write to this machine's /etc. */
async function startDhclient(site: FaultSite, namespace: string): Promise<() => Promise<void>> {
  const program = join(unpackedPackage('isc-dhcp-client'), 'sbin/dhclient')
  const script = join(site.directory, 'dhclient-script')
  writeFileSync(
    script,
    '#!/bin/sh\n[ "$reason" = BOUND ] && ip address replace "$new_ip_address/24" broadcast + dev "$interface"\nexit 0\n',
  )
  chmodSync(script, 0o755)
  const files = ['-lf', join(site.directory, 'leases'), '-pf', join(site.directory, 'dhclient.pid')]
  return site.start(
    namespace,
    [program, '-4', '-d', '-sf', script, ...files, '-cf', '/dev/null', 'e0'],
    /bound to/,
  )
}
