import { MessageType } from '../wire/dhcp/constants.ts'
import { messageType } from '../wire/dhcp/message-type.ts'
import type { DhcpPacket } from '../wire/dhcp/packet.ts'
import { decide } from './decide.ts'
import { identify } from './identify.ts'
import { freshMemory, NodeMemories } from './memory.ts'
import type { Arrival, BootPolicy, Decision, NodeIdentity, NodeMemory, OfferForm } from './types.ts'

/** A decision, and whether it changes to another form of offer because the last one came to nothing. */
export interface Response {
  readonly decision: Decision
  readonly fallback: { readonly from: OfferForm; readonly to: OfferForm } | undefined
}

/**
 * `decide` with the memory that it needs, in the right order: recall, decide, remember. One for all
 * NICs, since a node that is heard on two of them must get the same form on both. It assumes that the
 * reply is sent; call `fetched` when a node asks for a boot file.
 */
export class Responder {
  readonly #memories: NodeMemories

  constructor(memories: NodeMemories = new NodeMemories()) {
    this.#memories = memories
  }

  /** `nowMs` is monotonic. */
  respond(request: DhcpPacket, policy: BootPolicy, arrival: Arrival, nowMs: number): Response {
    const node = identify(request)
    const before = this.#memories.pendingForm(node.mac, nowMs)
    const memory = this.#recall(request, arrival, node, nowMs)
    const decision = decide(request, policy, arrival, memory, node)
    this.#memories.observeAnswer(decision, request.xid, nowMs)
    return { decision, fallback: fallbackOf(decision, before) }
  }

  /** The node asked for its boot file, by TFTP or HTTP. */
  fetched(mac: string, nowMs: number): void {
    this.#memories.observeFetch(mac, nowMs)
  }

  #recall(request: DhcpPacket, arrival: Arrival, node: NodeIdentity, nowMs: number): NodeMemory {
    if (arrival.service === 'bootServer') return this.#memories.observeBootServer(node.mac)
    // Only a DISCOVER says where a node stands: iPXE's REQUEST repeats the transaction, edk2's tells nothing.
    if (messageType(request.options) !== MessageType.discover) return freshMemory
    return this.#memories.observeDiscover(node, request.xid, nowMs)
  }
}

function fallbackOf(decision: Decision, before: OfferForm | undefined): Response['fallback'] {
  if (decision.kind !== 'offer' || decision.node.firmware !== 'pxe') return undefined
  if (before === undefined || before === decision.form) return undefined
  return { from: before, to: decision.form }
}
