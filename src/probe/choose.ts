import { type Choice, chooseAsEdk2 } from '../node/choose.ts'
import type { Answer } from './discover.ts'
import type { NodeKind } from './kinds.ts'

/** What a node of this kind would take. */
export function choose(kind: NodeKind, answers: readonly Answer[]): Choice {
  const kept = answers.filter(({ dropped }) => dropped === undefined)
  if (kind.chooser === 'http') return chooseAsHttpBoot(kept)
  if (kind.chooser === 'ipxe') return chooseAsIpxe(kept)
  return chooseAsEdk2(kept.map(({ offer }) => offer))
}

/**
 * iPXE (net/udp/dhcp.c) takes the first address offer, and any ProxyDHCP offer beside it: what a
 * ProxyDHCP server names goes before what the DHCP server names.
 */
function chooseAsIpxe(kept: readonly Answer[]): Choice {
  const address = kept.find(({ offeredAddress }) => offeredAddress !== undefined)
  if (address === undefined)
    return { kind: 'none', screenCode: 'PXE-E16', why: 'no DHCP server offered an address' }
  const proxy = kept.find(
    (answer) => answer.offeredAddress === undefined && answer.vendorClass?.startsWith('PXEClient'),
  )
  const taken = proxy ?? address
  const { offer } = taken
  const server = offer.packet.siaddr === '0.0.0.0' ? offer.server : offer.packet.siaddr
  const why =
    proxy === undefined ? 'the site’s DHCP server alone answers' : 'an address, and a ProxyDHCP offer'
  if (offer.bootFile !== undefined) return { kind: 'fetch', offer, server, file: offer.bootFile, why }
  if (proxy !== undefined) return { kind: 'askBootServer', offer, server, why }
  return { kind: 'none', screenCode: 'PXE-E53', why: 'an address was offered, but no one said what to boot' }
}

/** edk2 (NetworkPkg/HttpBootDxe): an address, and an offer of class HTTPClient with a URL. */
function chooseAsHttpBoot(kept: readonly Answer[]): Choice {
  if (!kept.some(({ offeredAddress }) => offeredAddress !== undefined))
    return { kind: 'none', screenCode: 'PXE-E16', why: 'no DHCP server offered an address' }
  const answer = kept.find(
    (one) => one.vendorClass?.startsWith('HTTPClient') && one.offer.bootFile !== undefined,
  )
  if (answer?.offer.bootFile === undefined)
    return { kind: 'none', screenCode: 'PXE-E53', why: 'no one named a URL to an HTTP boot client' }
  const { offer } = answer
  const file = offer.bootFile ?? ''
  return { kind: 'fetch', offer, server: offer.server, file, why: 'an address, and a URL' }
}
