import * as number from './constants.ts'
import type { Libc } from './libc.ts'
import { type NetlinkMessage, netlinkDump, parseAttributes } from './netlink.ts'

const linkMessageBytes = 16

/** What the driver of each virtual NIC calls itself (`veth`, `vlan`, `macvlan`…), by the NIC's number. */
export function readLinkKinds(libc: Libc): ReadonlyMap<number, string> {
  const links = netlinkDump(libc, number.RTM_GETLINK, Buffer.alloc(linkMessageBytes)) ?? []
  return new Map(links.flatMap((message) => parseLinkKind(message) ?? []))
}

/** `struct ifinfomsg`: family (1), padding (1), type (2), index (4), flags (4), change (4); then attributes. */
export function parseLinkKind({ type, body }: NetlinkMessage): [index: number, kind: string][] | undefined {
  if (type !== number.RTM_NEWLINK || body.length < linkMessageBytes) return undefined
  const details = parseAttributes(body, linkMessageBytes).get(number.IFLA_LINKINFO)
  const kind = details && parseAttributes(details, 0).get(number.IFLA_INFO_KIND)
  return kind && [[body.readInt32LE(4), kind.toString('latin1').replace(/\0.*$/s, '')]]
}
