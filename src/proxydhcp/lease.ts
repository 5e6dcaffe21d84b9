import { requestedAddress, serverIdentifier } from '../wire/dhcp/addresses.ts'
import { BootpOperation, MessageType } from '../wire/dhcp/constants.ts'
import { macText } from '../wire/dhcp/hardware-address.ts'
import { messageType } from '../wire/dhcp/message-type.ts'
import type { DhcpPacket } from '../wire/dhcp/packet.ts'
import { identify } from './identify.ts'

/** A node taking an address from the site's DHCP server, as its broadcast REQUEST tells everybody. */
export interface LeaseSeen {
  readonly mac: string
  /** The address it asks for; it has it unless the server refuses. */
  readonly address: string
  readonly dhcpServer: string
  readonly stage: 'firmware' | 'ipxe' | 'system'
}

/**
 * Reads a REQUEST in which a client selects an offer (RFC 2131 §4.3.2: options 50 and 54 both
 * present). It joins TFTP requests, which carry only an address, to the MAC they come from.
 * Undefined for anything else, renewals included.
 */
export function leaseSeen(request: DhcpPacket): LeaseSeen | undefined {
  if (request.op !== BootpOperation.request) return undefined
  if (messageType(request.options) !== MessageType.request) return undefined
  const mac = macText(request)
  const address = requestedAddress(request.options)
  const dhcpServer = serverIdentifier(request.options)
  if (mac === undefined || address === undefined || dhcpServer === undefined) return undefined
  return { mac, address, dhcpServer, stage: stageOf(request) }
}

function stageOf(request: DhcpPacket): LeaseSeen['stage'] {
  const { firmware } = identify(request)
  if (firmware === 'ipxe') return 'ipxe'
  return firmware === 'none' ? 'system' : 'firmware'
}
