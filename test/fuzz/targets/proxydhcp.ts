import assert from 'node:assert/strict'
import { NodeDirectory } from '../../../src/engine/directory.ts'
import { type Answer, DhcpResponder } from '../../../src/engine/responder.ts'
import { NodeMemories } from '../../../src/proxydhcp/memory.ts'
import type { Arrival, BootPolicy } from '../../../src/proxydhcp/types.ts'
import { DhcpOption, MessageType, RelaySubOption } from '../../../src/wire/dhcp/constants.ts'
import { decode } from '../../../src/wire/dhcp/decode.ts'
import { messageType } from '../../../src/wire/dhcp/message-type.ts'
import type { DhcpPacket } from '../../../src/wire/dhcp/packet.ts'
import { relayAgentInformation } from '../../../src/wire/dhcp/relay-agent.ts'
import { vendorClass } from '../../../src/wire/dhcp/vendor-class.ts'
import { goldens } from '../../wire/dhcp/goldens.ts'
import { dhcpMutations } from '../dhcp-mutations.ts'
import type { FuzzTarget } from '../target.ts'

const serverAddress = '192.0.2.1'
const file = { name: 'ipxe.efi', sizeBytes: 1_080_320 }
const nobody = { macs: new Set<string>(), ouis: new Set<string>(), uuids: new Set<string>() }
const generous: BootPolicy = {
  bootFiles: { x64: file, arm64: file, ia32: file, bios: file },
  scriptUrl: `https://boot.example/${'long/'.repeat(30)}boot.ipxe`,
  httpBootUrls: { x64: 'http://192.0.2.1/ipxe.efi' },
  allow: nobody,
  deny: nobody,
  dhcpClientPort: 68,
}
const strict: BootPolicy = {
  ...generous,
  bootFiles: { x64: { name: 'n'.repeat(128), sizeBytes: undefined } },
  scriptUrl: undefined,
  httpBootUrls: {},
  deny: { ...nobody, ouis: new Set(['52:54:01']) },
}
const arrivals: readonly Arrival[] = [
  arrivalOn('dhcp', { address: '0.0.0.0', port: 68 }),
  arrivalOn('bootServer', { address: '192.0.2.9', port: 4011 }),
  arrivalOn('bootServer', { address: '0.0.0.0', port: 68 }),
]
/** What is the site's DHCP server's business alone. */
const neverSent = [
  DhcpOption.subnetMask,
  DhcpOption.router,
  DhcpOption.domainNameServer,
  DhcpOption.requestedAddress,
  DhcpOption.leaseTime,
]
const answerableTypes: Readonly<Record<Arrival['service'], readonly (number | undefined)[]>> = {
  dhcp: [MessageType.discover],
  bootServer: [MessageType.request, MessageType.inform],
}

export async function open(): Promise<FuzzTarget> {
  return {
    feeds:
      'one datagram, three times on port 67 and on port 4011, from and without an address, under a generous and a strict policy',
    holds: [
      'an answer or an event that says why not, never an exception',
      'answers only to requests of PXE or HTTP boot clients with a hardware address, of a type that the port takes',
      'an answer goes to where the question came from, to its relay, or is broadcast; it is at most 300 bytes longer than the question',
      'an answer repeats transaction and hardware address, names us, assigns no address, and says nothing of routers, name servers or leases',
    ],
    longestBytes: 2_048,
    seeds: goldens.map(({ bytes }) => bytes),
    mutations: dhcpMutations,
    mostWork: (bytes) => 50_000 + 2_000 * bytes,
    run,
  }
}

function run(bytes: Uint8Array): void {
  for (const policy of [generous, strict]) {
    let nowMs = 0
    let events = 0
    const responder = new DhcpResponder({
      memories: new NodeMemories({ maxNodes: 4 }),
      directory: new NodeDirectory(() => undefined, 4),
      publish: () => void events++,
      now: () => nowMs,
    })
    for (let round = 0; round < 3; round++) {
      for (const arrival of arrivals) {
        const before = events
        const answer = responder.answer(bytes, arrival, policy)
        if (events === before) assert.fail('nothing was said about it')
        if (answer !== undefined) answerHolds(bytes, arrival, answer)
      }
      nowMs += 4_000
    }
  }
}

function answerHolds(bytes: Uint8Array, arrival: Arrival, answer: Answer): void {
  const request = packetIn(bytes)
  const reply = packetIn(answer.bytes)
  const { service } = arrival
  if (request.op !== 1 || !answerableTypes[service].includes(messageType(request.options)))
    assert.fail(`op ${request.op}, message type ${messageType(request.options)} on ${service}`)
  if (!/^(PXE|HTTP)Client/.test(vendorClass(request.options) ?? '')) assert.fail('not a boot client')
  if (request.chaddr.subarray(0, request.hlen).every((byte) => byte === 0)) assert.fail('no hardware address')
  if (reply.op !== 2 || reply.xid !== request.xid || reply.htype !== request.htype)
    assert.fail('not its reply')
  if (Buffer.compare(reply.chaddr, request.chaddr) !== 0) assert.fail('another hardware address')
  if (reply.yiaddr !== '0.0.0.0' || reply.siaddr !== serverAddress) assert.fail(JSON.stringify(reply))
  if (reply.options.get(DhcpOption.serverIdentifier)?.join('.') !== serverAddress) assert.fail('option 54')
  for (const option of neverSent) if (reply.options.has(option)) assert.fail(`option ${option}`)
  if (answer.bytes.length > bytes.length + 300)
    assert.fail(`${answer.bytes.length} for ${bytes.length} bytes`)
  destinationHolds(request, arrival, answer)
}

function destinationHolds(request: DhcpPacket, { service, source }: Arrival, { destination }: Answer): void {
  if (destination.kind === 'broadcast') {
    if (destination.port !== 68) assert.fail(`broadcast to port ${destination.port}`)
    return
  }
  const { address, port } = destination.to
  // A relay that says so listens on the port that it sends from (RFC 8357).
  const ownPort = relayAgentInformation(request.options).has(RelaySubOption.sourcePort) ? source.port : 67
  const relay = service === 'dhcp' && address === request.giaddr && port === ownPort && isHostAddress(address)
  const back = service === 'bootServer' && address === source.address && port === source.port
  if (!relay && !back) assert.fail(`sent to ${address}:${port}`)
}

/** Neither this network, loopback, multicast nor broadcast. */
function isHostAddress(address: string): boolean {
  const first = Number(address.split('.')[0])
  return first >= 1 && first <= 223 && first !== 127
}

function packetIn(bytes: Uint8Array): DhcpPacket {
  const result = decode(bytes)
  if (!result.ok) return assert.fail(`answered, or sent, what is no packet: ${result.detail}`)
  return result.value
}

function arrivalOn(service: Arrival['service'], source: Arrival['source']): Arrival {
  return { interface: 'e0', serverAddress, service, source }
}
