import assert from 'node:assert/strict'
import { readConfigText } from '../../../src/config/load.ts'
import { Engine } from '../../../src/engine/engine.ts'
import type { ServeEvent } from '../../../src/events/event.ts'
import { MemoryHost } from '../../../src/net/memory-host.ts'
import { VirtualClock } from '../../../src/net/virtual-clock.ts'
import { golden as dhcpGolden } from '../../wire/dhcp/goldens.ts'
import { type Exchange, exchangeMutations, exchangesOf, seedOf } from '../exchanges.ts'
import { tftpGolden } from '../seeds.ts'
import type { FuzzTarget } from '../target.ts'
import { Views } from '../views.ts'
import { Watch } from '../watch.ts'

const ourAddress = '10.79.0.2'
const nic = { name: 'e0', address: ourAddress }
/** Every byte but CR and LF, so that netascii is the same: what is sent can be looked for in it. */
const file = Buffer.from(Array.from({ length: 20_000 }, (_, index) => 32 + (((index * index) >> 3) % 200)))
const { config } = readConfigText(
  [
    'interfaces: [{name: e0}]',
    'bootFiles: {x64: /boot/ipxe.efi, arm64: /boot/arm64.efi}',
    'scriptUrl: http://boot.example/boot.ipxe',
    'relay: true',
    'tftp: {maxTransfers: 3}',
  ].join('\n'),
  'config.yaml',
)
/** Longest that a transfer may outlive its client's last word. */
const mostPatienceMs = 130_000

export async function open(): Promise<FuzzTarget> {
  return {
    feeds:
      'up to a few dozen datagrams to a whole engine: from nodes, relays and forged addresses, to every port of ours, with time passing in between',
    holds: [
      'no exception, at once or later',
      'an address that has not answered on a port of ours that it could only have learned from us gets one packet at most for each of its own; the DHCP ports never send more packets than came',
      'what is sent is a DHCP reply, or an OACK, DATA or ERROR; DATA holds the boot file’s bytes and nothing else',
      'no control character in any log, story or live view, and no line beyond the screen',
      'two minutes after the last datagram no transfer is left, and a node is answered as on the first day',
    ],
    longestBytes: 8_192,
    seeds: seeds(),
    mutations: exchangeMutations,
    mostWork: (bytes) => 3_000_000 + 2_000 * bytes,
    run,
  }
}

async function run(bytes: Uint8Array): Promise<void> {
  const clock = new VirtualClock()
  const watch = new Watch(ourAddress, file)
  const host = new MemoryHost([nic], (socket, _nic, sent, to) => watch.sent(sent, socket.local, to))
  const views = new Views(clock)
  const engine = engineOn(host, clock, views.record)
  await engine.start()
  for (const exchange of exchangesOf(bytes)) {
    deliver(host, watch, exchange)
    if (exchange.waitMs > 0) await clock.advance(exchange.waitMs)
  }
  await clock.advance(mostPatienceMs)
  if (engine.runningTransfers !== 0) assert.fail(`${engine.runningTransfers} transfers are left`)
  views.look()
  stillServes(host, watch)
  await engine.stop()
}

function engineOn(network: MemoryHost, clock: VirtualClock, publish: (event: ServeEvent) => void): Engine {
  return new Engine(
    {
      config,
      sources: [
        { architecture: 'x64', name: 'ipxe.efi', path: '/boot/ipxe.efi', read: async () => file },
        {
          architecture: 'arm64',
          name: 'arm64.efi',
          path: '/boot/arm64.efi',
          read: () => Promise.reject(new Error('ENOENT')),
        },
      ],
      artifactUrl: undefined,
    },
    {
      network,
      clock,
      publish,
      neighbour: () => undefined,
      watchNics: (_names, onChange) => {
        onChange([{ name: 'e0', addresses: [ourAddress], problem: undefined }])
        return () => {}
      },
    },
  )
}

function deliver(host: MemoryHost, watch: Watch, { bytes, from, to }: Exchange): void {
  const port = to.port ?? watch.dataPortFor(from) ?? 69
  watch.received(from, port)
  host.deliver(nic, bytes, from, { address: to.address, port })
}

const lastNode = { address: '10.79.0.250', port: 2_070 }

/** A node that comes afterwards is offered the boot file, and is sent it. */
function stillServes(host: MemoryHost, watch: Watch): void {
  const before = watch.answers
  const everybody = { address: '255.255.255.255', port: 67 }
  const nobody = { address: '0.0.0.0', port: 68 }
  deliver(host, watch, { bytes: discoverOfLastNode, from: nobody, to: everybody, waitMs: 0 })
  if (watch.answers !== before + 1) assert.fail('a node that comes afterwards is offered nothing')
  const tftp = { address: ourAddress, port: 69 }
  deliver(host, watch, { bytes: tftpGolden('read-ovmf'), from: lastNode, to: tftp, waitMs: 0 })
  if (watch.answers !== before + 2) assert.fail('a node that comes afterwards is sent nothing')
}

const discoverOfLastNode = dhcpGolden('edk2-x64-discover').bytes.with(33, 0xfe)

/** Whole boots as they should go, each in one input. */
function seeds(): Uint8Array[] {
  const dhcp = (name: string) => dhcpGolden(name).bytes
  const ack = (block: number) => Uint8Array.of(0, 4, block >> 8, block & 255)
  const fetch = [
    seedOf('node', 'tftp', tftpGolden('read-ovmf-size-probe')),
    seedOf('node', 'answering', tftpGolden('error-user-aborted')),
    seedOf('node', 'tftp', tftpGolden('read-ovmf')),
    ...[0, 4, 8, 12, 14].map((block) => seedOf('node', 'answering', ack(block))),
  ]
  return [
    [
      seedOf('nobody', 'dhcp', dhcp('edk2-x64-discover')),
      seedOf('nobody', 'dhcp', dhcp('edk2-x64-request')),
      ...fetch,
    ],
    [
      seedOf('nobody', 'dhcp', dhcp('ipxe-x64-discover')),
      seedOf('node', 'bootServer', dhcp('ipxe-x64-boot-server-request')),
    ],
    [
      seedOf('nobody', 'dhcp', dhcp('ipxe-rom-bios-discover')),
      seedOf('node', 'bootServer', dhcp('ipxe-rom-bios-boot-item-request')),
    ],
    [
      seedOf('nobody', 'dhcp', dhcp('edk2-x64-http-discover')),
      seedOf('relay', 'relay', dhcp('edk2-arm64-discover')),
    ],
    [
      seedOf('node', 'bootServer', dhcp('edk2-x64-boot-server-request')),
      seedOf('node', 'tftp', tftpGolden('read-ipxe-2025-autoexec')),
    ],
    [
      seedOf('other', 'tftp', tftpGolden('read-tftp-hpa')),
      seedOf('other', 'answering', ack(1)),
      seedOf('other', 'answering', ack(2)),
    ],
    [
      seedOf('other', 'tftp', tftpGolden('read-tftp-hpa-netascii')),
      seedOf('other', 'tftp', tftpGolden('write')),
      seedOf('node', 'answering', ack(7)),
    ],
    [
      ...fetch.slice(2, 4),
      seedOf('other', 'tftp', tftpGolden('read-ovmf')),
      seedOf('forged', 'tftp', tftpGolden('read-ovmf')),
      ...fetch.slice(2),
    ],
  ].map((exchanges) => Buffer.concat(exchanges))
}
