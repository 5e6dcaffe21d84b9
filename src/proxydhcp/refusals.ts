import { unspecifiedAddress } from '../wire/dhcp/address.ts'
import { architectureName } from '../wire/dhcp/client-architecture.ts'
import { BootpOperation, MessageType } from '../wire/dhcp/constants.ts'
import { messageType, messageTypeName } from '../wire/dhcp/message-type.ts'
import type { DhcpPacket } from '../wire/dhcp/packet.ts'
import { isEmpty, matchingRule } from './access.ts'
import { isRaspberryPiRom } from './quirks.ts'
import type { Arrival, BootPolicy, IgnoreReason, NodeIdentity, Refusal } from './types.ts'

export function refuse(reason: IgnoreReason, detail: string): Refusal {
  return { reason, detail }
}

/** The first reason against answering at all, cheapest and most frequent first; undefined when there is none. */
export function refusalOf(
  request: DhcpPacket,
  policy: BootPolicy,
  arrival: Arrival,
  node: NodeIdentity,
): Refusal | undefined {
  return notForUs(request, arrival, node) ?? notWelcome(policy, node) ?? notBootable(policy, node)
}

function notForUs(request: DhcpPacket, arrival: Arrival, node: NodeIdentity): Refusal | undefined {
  if (request.op !== BootpOperation.request) return refuse('not-a-request', 'a reply by another server')
  if (node.mac === '') return refuse('no-hardware-address', `hlen ${request.hlen}, htype ${request.htype}`)
  if (node.firmware === 'none') return refuse('not-pxe', 'option 60 is neither PXEClient nor HTTPClient')
  const type = messageType(request.options)
  const wrong = arrival.service === 'dhcp' ? wrongForDhcp(type) : wrongForBootServer(type)
  return wrong ?? unanswerable(request, arrival)
}

/** Where an answer would go is the sender's word: a forged one must not make us send to just anything. */
function unanswerable(request: DhcpPacket, arrival: Arrival): Refusal | undefined {
  const { giaddr } = request
  if (giaddr !== unspecifiedAddress && !isHostAddress(giaddr)) {
    return refuse('no-return-address', `no relay can be ${giaddr}`)
  }
  return arrival.source.port === 0 ? refuse('no-return-address', 'sent from port 0') : undefined
}

/** Neither "this network" nor loopback, multicast or broadcast (RFC 1122 §3.2.1.3). */
function isHostAddress(address: string): boolean {
  const first = Number.parseInt(address, 10)
  return first !== 0 && first !== 127 && first < 224
}

/**
 * Port 67: only DISCOVER. A REQUEST there is the node taking its address from the site's DHCP server,
 * which an answer of ours would disturb. An INFORM comes from a node that has an address and asks for
 * settings that are not ours to give; PXE sends its own INFORM to the boot server port.
 */
function wrongForDhcp(type: number | undefined): Refusal | undefined {
  if (type === MessageType.discover) return undefined
  if (type === MessageType.request) return refuse('address-request', 'the node takes its address')
  return refuse('wrong-message-type', `${messageTypeName(type)} on the DHCP port`)
}

/**
 * The boot server port: REQUEST from UEFI and iPXE, INFORM from some BIOS ROMs. Whatever option 54
 * says, the request was sent to this address and nobody else will answer it: edk2 leaves 54 out.
 */
function wrongForBootServer(type: number | undefined): Refusal | undefined {
  if (type === MessageType.request || type === MessageType.inform) return undefined
  return refuse('wrong-message-type', `${messageTypeName(type)} on the boot server port`)
}

/** Denial wins over allowance; an empty allow list allows everybody. */
function notWelcome(policy: BootPolicy, node: NodeIdentity): Refusal | undefined {
  const denied = matchingRule(policy.deny, node)
  if (denied !== undefined) return refuse('denied', `${denied} is on the deny list`)
  if (isEmpty(policy.allow) || matchingRule(policy.allow, node) !== undefined) return undefined
  return refuse('not-allowed', `neither ${node.mac} nor ${node.uuid ?? 'a UUID'} is on the allow list`)
}

function notBootable(policy: BootPolicy, node: NodeIdentity): Refusal | undefined {
  if (isRaspberryPiRom(node))
    return refuse('raspberry-pi', 'a Raspberry Pi boot ROM, which wants firmware files of its own')
  if (node.architecture === undefined) {
    return refuse('architecture-unknown', architectureName(node.architectureCode ?? 0))
  }
  if (node.firmware === 'http' && Object.keys(policy.httpBootUrls).length === 0) {
    return refuse('http-boot-off', `UEFI HTTP boot of ${architectureName(node.architectureCode ?? 0)}`)
  }
  return undefined
}
