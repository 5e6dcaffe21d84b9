import { decide } from '../../src/proxydhcp/decide.ts'
import { freshMemory } from '../../src/proxydhcp/memory.ts'
import type { AccessRules, Arrival, BootPolicy, Decision, NodeMemory } from '../../src/proxydhcp/types.ts'
import type { DhcpPacket } from '../../src/wire/dhcp/packet.ts'
import { edk2Discover, type NodeHardware } from '../../src/wire/dhcp/requests.ts'

export const serverAddress = '192.0.2.1'
export const nodeAddress = '192.0.2.50'
export const mac = '52:54:00:00:00:01'
export const uuid = '11112222-3333-4444-5555-666677778888'

export const nobody: AccessRules = rules({})

export function rules(lists: { macs?: string[]; ouis?: string[]; uuids?: string[] }): AccessRules {
  return { macs: new Set(lists.macs), ouis: new Set(lists.ouis), uuids: new Set(lists.uuids) }
}

/** x64 only, script set, HTTP boot off: what most sites have. */
export const policy: BootPolicy = {
  bootFiles: { x64: { name: 'ipxe.efi', sizeBytes: undefined } },
  scriptUrl: 'https://edge.example.com/tink-stack/boot.ipxe',
  httpBootUrls: {},
  allow: nobody,
  deny: nobody,
  dhcpClientPort: 68,
}

/** A broadcast on port 67 from a node without an address. */
export const broadcast: Arrival = {
  interface: 'e0',
  serverAddress,
  service: 'dhcp',
  source: { address: '0.0.0.0', port: 68 },
}

/** A request on the boot server port from a node with an address, sent from `port`. */
export function onBootServer(port = 4011, address = nodeAddress): Arrival {
  return { interface: 'e0', serverAddress, service: 'bootServer', source: { address, port } }
}

export const hardware: NodeHardware = { mac, uuid, architecture: 7, transactionId: 0x1122_3344 }

export const discover: DhcpPacket = edk2Discover(hardware)

export interface Situation {
  readonly request?: DhcpPacket
  readonly policy?: Partial<BootPolicy>
  readonly arrival?: Arrival
  readonly memory?: Partial<NodeMemory>
}

/** `decide` for an ordinary x64 DISCOVER at an ordinary site, but for what `situation` says. */
export function decideFor(situation: Situation = {}): Decision {
  return decide(
    situation.request ?? discover,
    { ...policy, ...situation.policy },
    situation.arrival ?? broadcast,
    { ...freshMemory, ...situation.memory },
  )
}

/** The same, where an answer is expected. */
export function answerFor(situation: Situation = {}): Extract<Decision, { kind: 'offer' | 'acknowledge' }> {
  const decision = decideFor(situation)
  if (decision.kind === 'ignore') throw new Error(`ignored: ${decision.reason} (${decision.detail})`)
  return decision
}

/** A packet with options laid over its own; undefined takes one out. */
export function withOptions(
  packet: DhcpPacket,
  changes: Record<number, string | number[] | undefined>,
): DhcpPacket {
  const options = new Map(packet.options)
  for (const [code, value] of Object.entries(changes)) {
    if (value === undefined) options.delete(Number(code))
    else
      options.set(
        Number(code),
        Uint8Array.from(typeof value === 'string' ? Buffer.from(value, 'latin1') : value),
      )
  }
  return { ...packet, options }
}
