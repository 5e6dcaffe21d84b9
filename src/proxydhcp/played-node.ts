import type { DhcpPacket } from '../wire/dhcp/packet.ts'
import { textToBytes } from '../wire/dhcp/text.ts'

/** First three bytes of the MAC addresses that our own questions carry: locally administered, `emf` in part. */
export const playedPrefix = '02:65:6d'

/** Site-specific (RFC 3942: 224 to 254): servers pass over it, and no firmware sends it. */
const playedOption = 224
const playedMark = textToBytes('emf-pxe')

/** True for a node that was only played by `probe` or `status`: nothing was to come of it. */
export function isPlayed(mac: string): boolean {
  return mac.startsWith(`${playedPrefix}:`)
}

/** A question of ours, marked: it may carry the MAC address of a real node, whose boot it is not. */
export function markedAsPlayed(request: DhcpPacket): DhcpPacket {
  return { ...request, options: new Map([...request.options, [playedOption, playedMark]]) }
}

export function isMarkedAsPlayed({ options }: DhcpPacket): boolean {
  const mark = options.get(playedOption)
  return mark !== undefined && Buffer.compare(mark, playedMark) === 0
}

/** What a played node is remembered and told as: the real one of this address has no part in it. */
export function playedAlias(mac: string): string {
  return isPlayed(mac) ? mac : `${playedPrefix}:${mac.slice(-8)}`
}
