import type { EventSink, Happening, NodeReference } from '../events/event.ts'
import { decide } from '../proxydhcp/decide.ts'
import { identify } from '../proxydhcp/identify.ts'
import type { NodeMemories } from '../proxydhcp/memory.ts'
import { isMarkedAsPlayed, playedAlias } from '../proxydhcp/played-node.ts'
import type {
  Arrival,
  BootPolicy,
  Decision,
  NodeIdentity,
  NodeMemory,
  ReplyDestination,
} from '../proxydhcp/types.ts'
import { requestedAddress, serverIdentifier } from '../wire/dhcp/addresses.ts'
import { BootpOperation, MessageType } from '../wire/dhcp/constants.ts'
import { decode } from '../wire/dhcp/decode.ts'
import { encode } from '../wire/dhcp/encode.ts'
import { messageType } from '../wire/dhcp/message-type.ts'
import type { DhcpPacket } from '../wire/dhcp/packet.ts'
import type { NodeDirectory } from './directory.ts'

export interface ResponderParts {
  readonly memories: NodeMemories
  readonly directory: NodeDirectory
  readonly publish: EventSink
  /** Milliseconds, monotonic: what node memories are measured with. */
  readonly now: () => number
}

/** What to send, and where to. */
export interface Answer {
  readonly bytes: Uint8Array
  readonly destination: ReplyDestination
}

type Given = Extract<Decision, { kind: 'offer' | 'acknowledge' }>

/**
 * From bytes to an answer: decode, remember, decide, publish. Sends nothing itself. One responder
 * serves every NIC, so that a node that moves between them is one node.
 */
export class DhcpResponder {
  readonly #parts: ResponderParts

  constructor(parts: ResponderParts) {
    this.#parts = parts
  }

  answer(bytes: Uint8Array, arrival: Arrival, policy: BootPolicy): Answer | undefined {
    const result = decode(bytes)
    if (!result.ok) {
      this.#publish({
        type: 'packet.dropped',
        interface: arrival.interface,
        reason: result.problem,
        detail: result.detail,
      })
      return undefined
    }
    return this.#answerRequest(result.value, arrival, policy)
  }

  #answerRequest(request: DhcpPacket, arrival: Arrival, policy: BootPolicy): Answer | undefined {
    const asking = identify(request)
    const node = this.#rememberedAs(asking, request, arrival)
    const memory = this.#recall(request, node, arrival)
    if (runsIpxe(node, memory) && messageType(request.options) === MessageType.discover)
      this.#publishIpxe(node, memory, arrival)
    this.#learnAddress(request, node, memory, arrival)
    const decided = decide(request, policy, arrival, memory, asking)
    if (decided.kind === 'ignore') {
      const { reason, detail } = decided
      this.#publish({ type: 'dhcp.ignored', reason, detail, ...reference(node, arrival) })
      return undefined
    }
    const decision = { ...decided, node }
    const fallback = this.#parts.memories.observeAnswer(decision, request.xid, this.#parts.now())
    if (fallback !== undefined)
      this.#publish({ type: 'dhcp.fallback', ...fallback, ...reference(node, arrival) })
    this.#publishAnswer(decision, request, arrival)
    return { bytes: encode(decision.reply), destination: decision.destination }
  }

  /** Access lists look at the address that asks; what it is told and remembered as may be a played node. */
  #rememberedAs(node: NodeIdentity, request: DhcpPacket, { source }: Arrival): NodeIdentity {
    if (!isMarkedAsPlayed(request) || node.mac === '') return node
    const mac = playedAlias(node.mac)
    // The file is fetched from the address that the question came from: it belongs to the same play.
    if (request.giaddr === '0.0.0.0') this.#parts.directory.learn(mac, source.address)
    return { ...node, mac }
  }

  #recall(request: DhcpPacket, node: NodeIdentity, arrival: Arrival): NodeMemory {
    const { memories, now } = this.#parts
    return arrival.service === 'bootServer'
      ? memories.observeBootServer(node.mac)
      : memories.observeDiscover(node, request.xid, now())
  }

  /** A REQUEST on port 67 is for the site's DHCP server, but it tells which address a MAC is about to have. */
  #learnAddress(request: DhcpPacket, node: NodeIdentity, memory: NodeMemory, arrival: Arrival): void {
    if (request.op !== BootpOperation.request || node.mac === '') return
    if (arrival.service === 'bootServer') {
      this.#parts.directory.learn(node.mac, request.ciaddr)
      return
    }
    const address = requestedAddress(request.options) ?? request.ciaddr
    if (messageType(request.options) !== MessageType.request || address === '0.0.0.0') return
    this.#parts.directory.learn(node.mac, address)
    const dhcpServer = serverIdentifier(request.options) ?? 'unknown'
    const stage = node.firmware === 'none' ? 'system' : runsIpxe(node, memory) ? 'ipxe' : 'firmware'
    this.#publish({ type: 'dhcp.leased', dhcpServer, stage, ...reference(node, arrival), address })
  }

  #publishAnswer(decision: Given, request: DhcpPacket, arrival: Arrival): void {
    const node = reference(decision.node, arrival)
    const { bootFile, form, gives } = decision
    const server = arrival.serverAddress
    if (decision.kind === 'acknowledge') {
      this.#publish({ type: 'dhcp.acknowledged', bootFile, server, ...node, address: request.ciaddr })
    } else {
      const waitedSeconds = secondsWaited(request.secs)
      const waited = waitedSeconds === 0 ? {} : { waitedSeconds }
      this.#publish({ type: 'dhcp.offered', form, gives, bootFile, server, ...waited, ...node })
    }
  }

  /** Told of the NIC that asks and of the one that the machine booted from: the boot goes on here. */
  #publishIpxe(node: NodeIdentity, { bootedFrom }: NodeMemory, arrival: Arrival): void {
    this.#publish({ type: 'ipxe.seen', ...reference(node, arrival) })
    if (bootedFrom !== undefined)
      this.#publish({ type: 'ipxe.seen', ...reference({ ...node, mac: bootedFrom }, arrival) })
  }

  #publish(event: Happening): void {
    this.#parts.publish({ atMs: Date.now(), ...event })
  }
}

/** iPXE out of the boot file, not the one in a ROM that asks for the boot file itself. */
function runsIpxe(node: NodeIdentity, memory: NodeMemory): boolean {
  return node.firmware === 'ipxe' && memory.ipxe !== 'first'
}

/** Some ROMs send `secs` with its bytes swapped; nobody waits 256 seconds or a multiple of it. */
function secondsWaited(secs: number): number {
  return secs >= 0x100 && (secs & 0xff) === 0 ? secs >> 8 : secs
}

function reference(node: NodeIdentity, arrival: Arrival): NodeReference {
  return {
    mac: node.mac,
    interface: arrival.interface,
    ...(node.uuid === undefined ? {} : { uuid: node.uuid }),
    ...(node.architecture === undefined ? {} : { architecture: node.architecture }),
  }
}
