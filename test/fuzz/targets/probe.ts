import assert from 'node:assert/strict'
import type { Endpoint } from '../../../src/net/datagram.ts'
import { MemoryHost } from '../../../src/net/memory-host.ts'
import { VirtualClock } from '../../../src/net/virtual-clock.ts'
import { type NodeKindName, nodeKinds } from '../../../src/probe/kinds.ts'
import { probe } from '../../../src/probe/probe.ts'
import { probeReport } from '../../../src/probe/report.ts'
import { showProbe } from '../../../src/probe/show.ts'
import { createTheme } from '../../../src/ui/theme.ts'
import { golden } from '../../wire/dhcp/goldens.ts'
import { type Exchange, exchangeMutations, exchangesOf, seedOf } from '../exchanges.ts'
import { tftpGolden } from '../seeds.ts'
import type { FuzzTarget } from '../target.ts'

const ourAddress = '10.79.0.60'
const nic = { name: 'n0', address: ourAddress }
const mac = '02:65:6d:00:00:01'
const theme = createTheme({ color: false, unicode: true })
const kinds: readonly NodeKindName[] = ['edk2-x64', 'bios', 'ipxe', 'http-x64']

export async function open(): Promise<FuzzTarget> {
  // An offer may name a URL: nothing of it may leave this machine.
  const { fetch } = globalThis
  globalThis.fetch = () => Promise.reject(new TypeError('fetch failed'))
  return {
    feeds:
      'what strangers answer to `emf-pxe probe` and `init`, which play a node: offers, boot server replies and TFTP datagrams (the first byte chooses the kind of node)',
    holds: [
      'no exception, and an end within an hour of the node’s own time',
      'what is shown has no control character in it',
      'a fetched file has no more bytes than came',
    ],
    longestBytes: 8_192,
    seeds: seeds(),
    mutations: exchangeMutations,
    mostWork: (bytes) => 500_000 + 500 * bytes,
    run,
    close: async () => {
      globalThis.fetch = fetch
    },
  }
}

/** The field `file` of a DHCP message. */
const fileOffset = 108

interface Question {
  readonly bytes: Uint8Array
  readonly from: Endpoint
  readonly to: Endpoint
}

async function run(bytes: Uint8Array): Promise<void> {
  const clock = new VirtualClock()
  let asked: Question | undefined
  const host = new MemoryHost([nic], (socket, _nic, sent, to) => {
    asked = { bytes: sent.slice(), from: socket.local, to }
  })
  const as = kinds[(bytes[0] ?? 0) % kinds.length] ?? 'edk2-x64'
  const probing = probe({
    network: host,
    clock,
    interface: nic.name,
    ourAddress,
    ports: { server: 67, client: 68, bootServer: 4011, tftp: 69 },
    kind: nodeKinds[as],
    mac,
    uuid: undefined,
    windowMs: 4_000,
    fetches: true,
  })
  let cameBytes = 0
  for (const exchange of exchangesOf(bytes.subarray(1))) {
    await clock.advance(0)
    if (asked !== undefined) answer(host, asked, exchange)
    cameBytes += exchange.bytes.length
    if (exchange.waitMs > 0) await clock.advance(exchange.waitMs)
  }
  const found = await clock.until(probing)
  if (found.file?.result?.ok === false && found.file.result.receivedBytes > cameBytes)
    assert.fail('more than came')
  const report = probeReport({ as, interface: nic.name, mac }, found, undefined)
  JSON.stringify(report)
  const screen = showProbe(report, theme, 100)
  if (/\p{Cc}/u.test(screen.replaceAll('\n', '')))
    assert.fail(`a control character in ${JSON.stringify(screen)}`)
}

/** A DHCP question is answered to its transaction; a TFTP request by whom it was put to. */
function answer(host: MemoryHost, asked: Question, { bytes, from }: Exchange): void {
  const isDhcp = asked.to.port === 67 || asked.to.port === 4011
  if (isDhcp && bytes.length >= 8) bytes.set(asked.bytes.subarray(4, 8), 4)
  const to = { address: asked.to.port === 67 ? '255.255.255.255' : ourAddress, port: asked.from.port }
  host.deliver(nic, bytes, isDhcp ? from : { address: asked.to.address, port: from.port }, to)
}

function seeds(): Uint8Array[] {
  const offer = (name: string, waitMs = 0) => seedOf('other', 'dhcp', golden(name).bytes, waitMs)
  const tftp = (bytes: Uint8Array, waitMs = 0) => seedOf('other', 'answering', bytes, waitMs)
  const oack = Buffer.from('\0\x06tsize\x0040\0blksize\x0016\0windowsize\x002\0', 'latin1')
  const data = (block: number, bytes: number) =>
    Buffer.concat([Uint8Array.of(0, 3, 0, block), Buffer.alloc(bytes, 'x')])
  const fetched = [tftp(oack), tftp(oack), tftp(data(1, 16)), tftp(data(2, 16)), tftp(data(3, 8))]
  const naming = Buffer.from(golden('dnsmasq-address-offer').bytes)
  naming.write('ipxe.efi', fileOffset, 'latin1')
  const named = seedOf('other', 'dhcp', naming, 4_000)
  const proxy = offer('dnsmasq-proxy-offer-uefi', 4_000)
  const bootServer = offer('dnsmasq-boot-server-ack', 4_000)
  return [
    [named, ...fetched],
    [named, ...fetched.slice(1)],
    [named, tftp(data(1, 512)), tftp(data(1, 512)), tftp(data(2, 5))],
    [named, tftp(oack, 4_000), tftp(oack, 4_000), tftp(data(1, 16), 4_000), tftp(tftpGolden('error-ovmf'))],
    [offer('dnsmasq-address-offer'), proxy, bootServer, ...fetched],
    [offer('dnsmasq-address-offer'), offer('dnsmasq-proxy-offer-bios', 4_000), ...fetched],
    [offer('dnsmasq-overload-offer'), offer('kea-long-option-offer', 4_000)],
    [offer('dnsmasq-address-offer', 30_000)],
  ].flatMap((exchanges) => kinds.map((_kind, index) => Buffer.concat([Uint8Array.of(index), ...exchanges])))
}
