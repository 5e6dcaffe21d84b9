import type { DhcpPacket } from '../wire/dhcp/packet.ts'
import { destinationOf } from './destination.ts'
import { type Gift, giftFor } from './gift.ts'
import { identify } from './identify.ts'
import { refusalOf } from './refusals.ts'
import { replyTo } from './reply.ts'
import type { Arrival, BootPolicy, Decision, NodeIdentity, NodeMemory, OfferForm } from './types.ts'

/**
 * Answers one request, or says why not. Pure: the same values give the same decision. `memory`
 * comes from `NodeMemories`; `freshMemory` is that of a node never seen before. `node` may be passed
 * by a caller that has identified the request already.
 */
export function decide(
  request: DhcpPacket,
  policy: BootPolicy,
  arrival: Arrival,
  memory: NodeMemory,
  node: NodeIdentity = identify(request),
): Decision {
  const refusal = refusalOf(request, policy, arrival, node)
  if (refusal !== undefined) return { kind: 'ignore', ...refusal, node }
  const gift = giftFor(policy, node, memory)
  if ('reason' in gift) return { kind: 'ignore', ...gift, node }
  return answer(request, policy, arrival, node, gift, formOf(arrival, node, memory))
}

/** iPXE and HTTP boot read the name in the offer; only firmware has a second form to fall back to. */
function formOf(arrival: Arrival, node: NodeIdentity, memory: NodeMemory): OfferForm {
  if (arrival.service === 'bootServer') return 'bootServer'
  return node.firmware === 'pxe' ? memory.form : 'direct'
}

function answer(
  request: DhcpPacket,
  policy: BootPolicy,
  arrival: Arrival,
  node: NodeIdentity,
  gift: Gift,
  form: OfferForm,
): Decision {
  const kind = arrival.service === 'dhcp' ? 'offer' : 'acknowledge'
  const namesFile = kind === 'acknowledge' || form === 'direct'
  const reply = replyTo(request, arrival, {
    type: kind,
    client: gift.gives === 'httpBoot' ? 'http' : 'pxe',
    toIpxe: node.firmware === 'ipxe',
    name: namesFile ? gift.name : undefined,
    sizeBytes: namesFile ? gift.sizeBytes : undefined,
  })
  const destination = destinationOf(request, policy, arrival)
  return { kind, gives: gift.gives, form, node, bootFile: gift.name, reply, destination }
}
