import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type HintedServer, hints } from '../../src/proxydhcp/hints.ts'
import { bootFileName } from '../../src/wire/dhcp/boot-file.ts'
import { broadcastFlag } from '../../src/wire/dhcp/constants.ts'
import { decode } from '../../src/wire/dhcp/decode.ts'
import { encode } from '../../src/wire/dhcp/encode.ts'
import { bytesToHex, hexToBytes } from '../../src/wire/dhcp/hex.ts'
import type { DhcpPacket } from '../../src/wire/dhcp/packet.ts'
import { biosDiscover, edk2Discover, edk2HttpDiscover, ipxeDiscover } from '../../src/wire/dhcp/requests.ts'
import { Lan } from '../support/namespaces.ts'
import { findProgram, missing } from '../support/needs.ts'

/** The site's DHCP servers, each with our lines pasted in, must name the right file to each kind of node. */
const scriptUrl = 'http://edge.example.com/boot.ipxe'
const inputs = {
  serverAddress: '10.66.0.2',
  bootFiles: { x64: 'ipxe.efi', arm64: 'arm64.efi', bios: 'undionly.kpxe' },
  scriptUrl,
}
const node = (number: number, architecture: number) => ({
  mac: `52:54:00:66:00:0${number}`,
  architecture,
  transactionId: 0x6600 + number,
})
const expectations: [name: string, request: DhcpPacket, file: string | undefined][] = [
  ['x64 firmware', edk2Discover(node(1, 7)), 'ipxe.efi'],
  ['x64 firmware that says 9', edk2Discover(node(2, 9)), 'ipxe.efi'],
  ['AArch64 firmware', edk2Discover(node(3, 11)), 'arm64.efi'],
  ['a BIOS ROM', biosDiscover(node(4, 0)), 'undionly.kpxe'],
  ['iPXE', { ...ipxeDiscover(node(5, 7)), flags: broadcastFlag }, scriptUrl],
  ['HTTP boot', edk2HttpDiscover(node(6, 16)), undefined],
  ['IA32, which has no file', edk2Discover(node(7, 6)), undefined],
]

interface SiteServer {
  readonly server: HintedServer
  readonly needs: `${string}:${string}`
  readonly configuration: (lines: string) => string
  readonly command: (file: string, folder: string) => [string, ...string[]]
}

const servers: readonly SiteServer[] = [
  {
    server: 'dnsmasq',
    needs: 'dnsmasq:dnsmasq-base',
    configuration: (lines) => `${lines}\ndhcp-range=10.66.0.100,10.66.0.200,1h\nno-ping\n`,
    command: (file, folder) => [
      ...(['dnsmasq', '--keep-in-foreground', '--port=0', '--interface=e0', '--bind-interfaces'] as const),
      ...['--pid-file=', `--dhcp-leasefile=${folder}/leases`, '--user=root', `--conf-file=${file}`],
    ],
  },
  {
    server: 'isc-dhcpd',
    // By its path: the npm package `dhcp` puts a program of the same name into PATH.
    needs: '/usr/sbin/dhcpd:isc-dhcp-server',
    configuration: (lines) =>
      `ping-check false;\n${lines}\nsubnet 10.66.0.0 netmask 255.255.255.0 { range 10.66.0.100 10.66.0.200; }\n`,
    command: (file, folder) => [
      '/usr/sbin/dhcpd',
      '-f',
      '-4',
      '--no-pid',
      '-cf',
      file,
      '-lf',
      `${folder}/leases`,
      'e0',
    ],
  },
  {
    server: 'kea',
    needs: 'kea-dhcp4:kea-dhcp4-server',
    configuration: (lines) => `{"Dhcp4": {
      "interfaces-config": {"interfaces": ["e0"]},
      "lease-database": {"type": "memfile", "persist": false},
      "subnet4": [{"subnet": "10.66.0.0/24", "pools": [{"pool": "10.66.0.100 - 10.66.0.200"}]}],
      ${lines}}}`,
    command: (file) => ['kea-dhcp4', '-c', file],
  },
]

for (const site of servers) {
  const skip = missing('namespaces', site.needs)
  describe(`${site.server} with our lines`, { skip }, () => {
    test('names the right file to each node', async () => {
      const answers = await askAll(site)
      for (const [index, [name, , file]] of expectations.entries()) {
        const answer = answers[index]
        assert.ok(answer !== undefined, `${name} got no answer`)
        assert.equal(bootFileName(answer), file, name)
        assert.match(answer.yiaddr, /^10\.66\.0\.1\d\d$/, `${name} got an address`)
        if (file !== undefined) assert.equal(answer.siaddr, inputs.serverAddress, name)
      }
    })
  })
}

async function askAll(site: SiteServer): Promise<DhcpPacket[]> {
  const folder = mkdtempSync(join(tmpdir(), 'emf-pxe-site-'))
  chmodSync(folder, 0o777)
  const lan = new Lan()
  try {
    const dhcp = lan.addHost('dhcp', '10.66.0.1/24')
    const client = lan.addHost('node', '10.66.0.99/24')
    lan.exec(client, ['ip', 'route', 'add', '255.255.255.255', 'dev', 'e0'])
    startServer(lan, dhcp, site, folder)
    return await collect(lan, client)
  } finally {
    lan.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function startServer(lan: Lan, namespace: string, site: SiteServer, folder: string): void {
  const file = join(folder, 'site.conf')
  const lines = hints(inputs).find((hint) => hint.server === site.server)?.lines ?? []
  writeFileSync(file, site.configuration(lines.join('\n')), { mode: 0o644 })
  writeFileSync(join(folder, 'leases'), '', { mode: 0o666 })
  const [program, ...args] = site.command(file, folder)
  // Kea keeps its lock and pid files where it is told, so that two may run on one machine.
  const env = { ...process.env, KEA_PIDFILE_DIR: folder, KEA_LOCKFILE_DIR: folder }
  lan.spawn(namespace, [findProgram(program) ?? program, ...args], { stdio: 'ignore', env })
}

/** The client asks each question until it is answered, so that the server may still be starting. */
async function collect(lan: Lan, client: string): Promise<DhcpPacket[]> {
  const requests = expectations.map(([, request]) => bytesToHex(encode(request)))
  const script = join(import.meta.dirname, 'dhcp-client.ts')
  const child = lan.spawn(client, [process.execPath, script, ...requests], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 30_000,
  })
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  await once(child, 'close')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const result = decode(hexToBytes(line))
      assert.ok(result.ok, result.ok ? '' : result.detail)
      return result.value
    })
}
