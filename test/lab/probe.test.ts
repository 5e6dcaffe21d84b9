import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { ProbeReport } from '../../src/probe/report.ts'
import { missing } from '../support/needs.ts'
import { noFirmware, openSite } from './support/boot.ts'
import { Engine } from './support/engine.ts'
import { oldIpxe } from './support/ipxe.ts'
import { Program } from './support/program.ts'
import type { Site } from './support/site.ts'

const needs =
  noFirmware ||
  missing('/usr/sbin/dhcpd:isc-dhcp-server', 'kea-dhcp4:kea-dhcp4-server', 'dnsmasq:dnsmasq-base')
const root = join(import.meta.dirname, '../..')
const execute = promisify(execFile)

/** A rival that proxies and has TFTP, and a DHCP server with opinions; each names a file of its own. */
const at = { rival: '10.77.0.9', vendor: '10.77.0.8' } as const
const network = { subnet: '10.77.0.0', mask: '255.255.255.0' } as const

interface Scenario {
  readonly name: string
  /** Arguments of the site's own DHCP server. */
  readonly dhcpArgs: readonly string[]
  readonly vendor: ((site: Site) => Promise<Program>) | undefined
  /** What all this is expected to end in: the file of one of them, or PXE-E16 and none. */
  readonly file: 'ours.efi' | 'rival.efi' | 'vendor.efi' | undefined
}

/** The site's own DHCP server is silent: another one gives addresses. */
const silent = ['--dhcp-ignore=tag:!known']

const scenarios: readonly Scenario[] = [
  { name: 'dnsmasq gives addresses and nothing else', dhcpArgs: [], vendor: undefined, file: 'ours.efi' },
  { name: 'ISC hands out options 60 and 67', dhcpArgs: silent, vendor: startIsc, file: undefined },
  { name: 'Kea hands out option 67', dhcpArgs: silent, vendor: startKea, file: 'ours.efi' },
]

for (const { name, dhcpArgs, vendor, file } of scenarios)
  test(`${name}; dnsmasq and we are proxies: the predicted winner is OVMF’s`, { skip: needs }, async (t) => {
    const site = await openSite(t, { dhcpArgs })
    await startRival(site)
    const vendorServer = await vendor?.(site)
    const engine = await Engine.start(site, {
      interfaces: [{ name: 'e0' }],
      bootFileName: 'ours.efi',
      bootFiles: { x64: oldIpxe },
      scriptUrl: site.orchestrator.scriptUrl,
    })

    const report = await probe(site)
    const told = JSON.stringify(report, undefined, 1)
    assert.ok(
      report.answers.some(({ server }) => server === at.rival),
      told,
    )
    assert.ok(
      report.answers.some(({ file }) => file === 'ours.efi'),
      told,
    )
    assert.equal(report.file?.name, file, told)
    assert.equal(report.file?.fetched, file === undefined ? undefined : true, told)
    assert.equal(report.choice.screenCode, file === undefined ? 'PXE-E16' : null)
    // Nobody was asked for an address: a DHCP server that logs would have seen it.
    assert.doesNotMatch(site.dhcpLog.text, /DHCPREQUEST/)

    const node = site.startNode(9, { firmware: 'uefi-x64', card: 'virtio-net-pci' })
    const seen = await node.console
      .waitFor(/NBP filename is (\S+)\s|(PXE-E\d+):/, 180_000)
      .catch((error: Error) => {
        assert.fail(`${error.message}\n${engine.text}`)
      })
    const said = `${node.console.tail()}\n${vendorServer?.output.text}`
    const took = [seen[1], seen[2] ?? null]
    assert.deepEqual(
      took,
      [report.file?.name, report.choice.screenCode],
      `what the firmware took is not what was predicted:\n${said}`,
    )
    await node.close()
    await engine.stop()
  })

async function probe(site: Site): Promise<ProbeReport> {
  const program = [process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'bin/run.ts')]
  // From another machine than the server's: nothing of it is installed there.
  const elsewhere = site.lan.addHost('laptop', '10.77.0.50/24')
  const command = [...program, 'probe', '--interface', 'e0', '--json', '--config', '/nonexistent']
  // Exit code 3: such a node would get no file, which may be right.
  const stdout = await execute('ip', ['netns', 'exec', elsewhere, ...command]).then(
    (ended) => ended.stdout,
    (error: { code: unknown; stdout: string }) =>
      error.code === 3 ? error.stdout : assert.fail(String(error)),
  )
  return JSON.parse(stdout) as ProbeReport
}

/** dnsmasq as the proxy that EMF's own chart makes of it, with TFTP. */
async function startRival(site: Site): Promise<void> {
  const namespace = site.lan.addHost('rival', `${at.rival}/24`)
  const tftpRoot = join(site.directory, 'rival')
  mkdirSync(tftpRoot)
  for (const name of ['rival.efi', 'vendor.efi']) copyFileSync(oldIpxe, join(tftpRoot, name))
  const command = [
    ...['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--log-facility=-', '--pid-file='],
    ...['--user=root', '--port=0', '--interface=e0', '--bind-interfaces', '--enable-tftp'],
    ...[`--tftp-root=${tftpRoot}`, `--dhcp-range=${network.subnet},proxy`],
    '--pxe-service=x86-64_EFI,rival,rival.efi',
  ]
  await running(site, namespace, command, /started, version/)
}

async function startIsc(site: Site): Promise<Program> {
  const namespace = site.lan.addHost('vendor', `${at.vendor}/24`)
  const [file, leases] = [join(site.directory, 'dhcpd.conf'), join(site.directory, 'dhcpd.leases')]
  writeFileSync(leases, '')
  writeFileSync(
    file,
    `authoritative; ping-check false;
subnet ${network.subnet} netmask ${network.mask} {
  range 10.77.0.150 10.77.0.160;
  option vendor-class-identifier "PXEClient";
  option bootfile-name "vendor.efi";
  filename "vendor.efi";
  next-server ${at.rival};
}
`,
  )
  const command = ['/usr/sbin/dhcpd', '-4', '-f', '-d', '--no-pid', '-cf', file, '-lf', leases, 'e0']
  return running(site, namespace, command, /Server starting service/)
}

async function startKea(site: Site): Promise<Program> {
  const namespace = site.lan.addHost('vendor', `${at.vendor}/24`)
  const file = join(site.directory, 'kea.json')
  const pools = [{ pool: '10.77.0.150 - 10.77.0.160' }]
  const boot = { 'next-server': at.rival, 'boot-file-name': 'vendor.efi' }
  const configuration = {
    'interfaces-config': { interfaces: ['e0'] },
    'lease-database': { type: 'memfile', persist: false },
    authoritative: true,
    subnet4: [{ subnet: `${network.subnet}/24`, pools, ...boot }],
    loggers: [{ name: 'kea-dhcp4', output_options: [{ output: 'stdout', flush: true }], severity: 'INFO' }],
  }
  writeFileSync(file, JSON.stringify({ Dhcp4: configuration }))
  const environment = ['KEA_LOCKFILE_DIR=none', `KEA_PIDFILE_DIR=${site.directory}`]
  return running(site, namespace, ['env', ...environment, 'kea-dhcp4', '-c', file], /DHCP4_STARTED/)
}

async function running(
  site: Site,
  namespace: string,
  command: readonly string[],
  ready: RegExp,
): Promise<Program> {
  const program = new Program(site.lan.spawn(namespace, command), command[0] ?? '')
  await program.output.waitFor(ready, 20_000)
  return program
}
