import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startCapture } from './support/capture.ts'
import { startDnsmasqAsPxe } from './support/dnsmasq.ts'
import { type Pick, writeGolden } from './support/golden.ts'
import { modernIpxe, oldIpxe } from './support/ipxe.ts'
import type { NodeOptions } from './support/node.ts'
import type { CapturedDatagram } from './support/pcap.ts'
import { addresses, Site } from './support/site.ts'

/**
 * `node test/lab/capture-goldens.ts [WORD…]` (root) boots real firmware and writes what it sent to
 * `test/golden/`; with words, only the scenes whose name holds one. Transaction ids and ports
 * differ from run to run, so capture again only when a new firmware comes in.
 */
interface Scene {
  readonly name: string
  readonly node: Omit<NodeOptions, 'mac' | 'serial' | 'uuid'>
  /** Path of the boot file that dnsmasq hands out; absent: no PXE server on the site. */
  readonly bootFile?: string
  /** The capture ends when the console says this. */
  readonly until: RegExp
  readonly picks: readonly Pick[]
}

const node = '52:54:00:00:00:01'
const toServer = (source: number, destination: number) => (datagram: CapturedDatagram) =>
  datagram.sourceMac === node && datagram.source.port === source && datagram.destination.port === destination
const fromHost = (address: string, source: number) => (datagram: CapturedDatagram) =>
  datagram.source.address === address && datagram.source.port === source
const request = (text: string) => (datagram: CapturedDatagram) =>
  datagram.destination.port === 69 && datagram.payload.includes(text)
const opcode = (code: number) => (datagram: CapturedDatagram) =>
  datagram.sourceMac === node && datagram.source.port > 1000 && datagram.payload.readUInt16BE(0) === code

const ovmf = 'OVMF 2022.11-6+deb12u2 (edk2-stable202211), virtio-net'
const ipxe = 'ipxe.efi 1.21.1+git20250501 (Debian 13) under OVMF'

const scenes: readonly Scene[] = [
  {
    name: 'ovmf-old-ipxe',
    node: { firmware: 'uefi-x64', card: 'virtio-net-pci' },
    bootFile: oldIpxe,
    until: /boot\.ipxe runs/,
    picks: [
      {
        golden: 'dhcp/dnsmasq-lease-ack',
        from: 'dnsmasq 2.90 (Debian 12) as the site’s DHCP server: acknowledgement to OVMF',
        nth: 1,
        where: fromHost(addresses.dhcp, 67),
      },
      { golden: 'tftp/read-ovmf-size-probe', from: `${ovmf}: size probe`, nth: 0, where: request('tsize') },
      { golden: 'tftp/error-ovmf', from: `${ovmf}: end of the size probe`, nth: 0, where: opcode(5) },
      { golden: 'tftp/read-ovmf', from: `${ovmf}: transfer`, nth: 1, where: request('windowsize') },
    ],
  },
  {
    name: 'ovmf-modern-ipxe',
    node: { firmware: 'uefi-x64', card: 'virtio-net-pci' },
    bootFile: modernIpxe(),
    until: /boot\.ipxe runs/,
    picks: [
      { golden: 'dhcp/ipxe-2025-discover', from: `${ipxe}: DISCOVER`, nth: 2, where: toServer(68, 67) },
      { golden: 'dhcp/ipxe-2025-request', from: `${ipxe}: REQUEST`, nth: 3, where: toServer(68, 67) },
      {
        golden: 'dhcp/ipxe-2025-boot-server-request',
        from: `${ipxe}: REQUEST to port 4011`,
        nth: 0,
        where: toServer(68, 4011),
      },
      {
        golden: 'tftp/read-ipxe-2025-autoexec',
        from: `${ipxe}: at its start`,
        nth: 0,
        where: request('autoexec'),
      },
    ],
  },
]

async function play(scene: Scene): Promise<void> {
  const site = await Site.open()
  try {
    if (scene.bootFile !== undefined) await serveWithDnsmasq(site, scene.bootFile)
    const capture = await startCapture(site)
    await site.startNode(1, scene.node).console.waitFor(scene.until, 240_000)
    const datagrams = await capture.stop()
    for (const pick of scene.picks) console.log(writeGolden(pick, capture.path, datagrams))
  } finally {
    await site.close()
  }
}

async function serveWithDnsmasq(site: Site, bootFile: string): Promise<void> {
  const tftpRoot = join(site.directory, 'tftp')
  mkdirSync(tftpRoot)
  cpSync(bootFile, join(tftpRoot, 'ipxe.efi'))
  const { scriptUrl } = site.orchestrator
  await startDnsmasqAsPxe(site.lan, site.pxe, { subnet: addresses.network, tftpRoot, scriptUrl })
}

const words = process.argv.slice(2)
for (const scene of scenes)
  if (words.length === 0 || words.some((word) => scene.name.includes(word))) await play(scene)
