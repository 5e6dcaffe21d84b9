import { addressToBytes, unspecifiedAddress } from '../wire/dhcp/address.ts'
import { encodeBootFileSize } from '../wire/dhcp/boot-file.ts'
import {
  BootpOperation,
  broadcastFlag,
  DhcpOption,
  MessageType,
  PxeSubOption,
} from '../wire/dhcp/constants.ts'
import type { DhcpOptions, DhcpPacket } from '../wire/dhcp/packet.ts'
import { encodeSubOptions } from '../wire/dhcp/sub-options.ts'
import { textToBytes } from '../wire/dhcp/text.ts'
import { BootClientClass } from '../wire/dhcp/vendor-class.ts'
import { encodePxeSubOptions, pxeSubOptions } from '../wire/dhcp/vendor-specific.ts'
import { bootFileOption, longestFileFieldName } from './quirks.ts'
import type { Arrival } from './types.ts'

/** What a reply says; `name` undefined is an offer of the boot server form, which names no file. */
export interface ReplyContent {
  readonly type: 'offer' | 'acknowledge'
  readonly client: 'pxe' | 'http'
  /** The node runs iPXE already, from our boot file or from a ROM. */
  readonly toIpxe: boolean
  readonly name: string | undefined
  readonly sizeBytes: number | undefined
}

/** Both replies of a ProxyDHCP server; `docs/how-it-boots.md` draws them. */
export function replyTo(request: DhcpPacket, arrival: Arrival, content: ReplyContent): DhcpPacket {
  const inField = content.client === 'pxe' && (content.name?.length ?? 0) <= longestFileFieldName
  return {
    op: BootpOperation.reply,
    htype: request.htype,
    hlen: request.hlen,
    hops: 0,
    xid: request.xid,
    secs: 0,
    // A node without an address hears only broadcasts; iPXE leaves the flag to us (RFC 2131 §4.1).
    flags: content.type === 'offer' ? request.flags | broadcastFlag : request.flags,
    // An offer answers a node without an address; a boot server's answer repeats the node's own.
    ciaddr: content.type === 'offer' ? unspecifiedAddress : request.ciaddr,
    yiaddr: unspecifiedAddress,
    siaddr: arrival.serverAddress,
    giaddr: request.giaddr,
    chaddr: request.chaddr,
    sname: content.type === 'acknowledge' ? arrival.serverAddress : '',
    file: inField ? (content.name ?? '') : '',
    options: optionsFor(request.options, arrival, content, inField),
  }
}

/** In ascending use: who speaks, to whom, what to fetch, and last what only goes back unchanged. */
function optionsFor(
  asked: DhcpOptions,
  arrival: Arrival,
  content: ReplyContent,
  inField: boolean,
): DhcpOptions {
  const options = new Map<number, Uint8Array>()
  options.set(DhcpOption.messageType, Uint8Array.of(MessageType[content.type]))
  // edk2 drops an offer without it (RFC 2131 §4.3.1); the node asks port 4011 of this address.
  options.set(DhcpOption.serverIdentifier, addressToBytes(arrival.serverAddress))
  // What makes an offer without an address count at all (PXE 2.1 §2.2.2, UEFI 2.10 §24.7.3.1).
  options.set(DhcpOption.vendorClass, textToBytes(BootClientClass[content.client]))
  echo(DhcpOption.clientMachineIdentifier, asked, options)
  if (content.client === 'pxe') setVendorSpecific(asked, options, content)
  if (content.name !== undefined && !inField) {
    options.set(DhcpOption.bootFileName, bootFileOption(content.name))
  }
  if (content.sizeBytes !== undefined) setBootFileSize(options, content.sizeBytes)
  if (content.toIpxe) options.set(DhcpOption.ipxeEncapsulated, aboveTheLease)
  // RFC 6842 §3: a server returns the client identifier; RFC 3046 §2.2: and the relay's words, last.
  echo(DhcpOption.clientIdentifier, asked, options)
  echo(DhcpOption.relayAgentInformation, asked, options)
  return options
}

/** Bit 3: take the file that this offer names, do not look for boot servers, do not prompt (PXE 2.1, table 2-1). */
const directDiscovery = encodePxeSubOptions(new Map([[PxeSubOption.discoveryControl, Uint8Array.of(8)]]))

/**
 * iPXE takes the boot file of the site's DHCP server before ours, when that server hands one out:
 * both rank 0, and the lease comes first. Sub-option 1 of iPXE's option 175 raises our rank to 1
 * [seen with iPXE of 2025 beside a server that sends options 66 and 67].
 */
const aboveTheLease = encodeSubOptions(new Map([[1, Uint8Array.of(1)]]), 'none')

function setVendorSpecific(
  asked: DhcpOptions,
  options: Map<number, Uint8Array>,
  content: ReplyContent,
): void {
  if (content.type === 'offer') {
    // The boot server form has no option 43 at all: its absence is what sends the node to port 4011.
    if (content.name !== undefined) options.set(DhcpOption.vendorSpecific, directDiscovery)
    return
  }
  // A node that picked a boot server from a menu wants its choice confirmed (PXE 2.1 §2.2.4).
  const item = pxeSubOptions(asked).get(PxeSubOption.bootItem)
  if (item === undefined) return
  options.set(DhcpOption.vendorSpecific, encodePxeSubOptions(new Map([[PxeSubOption.bootItem, item]])))
}

/** With option 13 edk2 starts the transfer at once; without it a first transfer asks for the size alone. */
function setBootFileSize(options: Map<number, Uint8Array>, sizeBytes: number): void {
  const value = encodeBootFileSize(sizeBytes)
  if (value !== undefined) options.set(DhcpOption.bootFileSize, value)
}

function echo(option: number, asked: DhcpOptions, options: Map<number, Uint8Array>): void {
  const value = asked.get(option)
  if (value !== undefined) options.set(option, value)
}
