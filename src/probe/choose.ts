import { type Choice, chooseAsEdk2 } from '../node/choose.ts'
import type { Answer } from './discover.ts'
import type { NodeKind } from './kinds.ts'

/** What a node would take; iPXE and HTTP boot stop with a sentence on the screen, and no code. */
export type Chosen = Choice | { readonly kind: 'none'; readonly screenCode: undefined; readonly why: string }

/** What a node of this kind would take. */
export function choose({ chooser }: NodeKind, answers: readonly Answer[]): Chosen {
  const kept = answers.filter(({ dropped }) => dropped === undefined)
  if (chooser === 'http') return chooseAsHttpBoot(kept)
  if (chooser === 'ipxe') return chooseAsIpxe(kept)
  const choice = chooseAsEdk2(kept.map(({ offer }) => offer))
  return chooser === 'bios' ? withBiosCode(choice, kept) : choice
}

/** Legacy ROMs choose as edk2 does (PXE 2.1 §2.2) and have codes of their own for finding nothing. */
function withBiosCode(choice: Choice, kept: readonly Answer[]): Choice {
  if (choice.kind !== 'none' || choice.screenCode !== 'PXE-E16') return choice
  if (kept.length === 0) return { ...choice, screenCode: 'PXE-E51' }
  return { ...choice, screenCode: kept.some(isAddressed) ? 'PXE-E53' : 'PXE-E52' }
}

/**
 * iPXE (net/udp/dhcp.c) takes the first address offer, and any ProxyDHCP offer beside it: what a
 * ProxyDHCP server names goes before what the DHCP server names.
 */
function chooseAsIpxe(kept: readonly Answer[]): Chosen {
  const address = kept.find(isAddressed)
  if (address === undefined)
    return nothing('no DHCP server offered an address: “No configuration methods succeeded”')
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
  return nothing('an address was offered, but no one said what to boot: “Nothing to boot”')
}

/** edk2 (NetworkPkg/HttpBootDxe): an address, and an offer of class HTTPClient with a URL. */
function chooseAsHttpBoot(kept: readonly Answer[]): Chosen {
  if (!kept.some(isAddressed)) return nothing('no DHCP server offered an address')
  const answer = kept.find(isHttpOffer)
  if (answer?.offer.bootFile === undefined) return nothing('no one named a URL to an HTTP boot client')
  const { offer } = answer
  const file = offer.bootFile ?? ''
  return { kind: 'fetch', offer, server: offer.server, file, why: 'an address, and a URL' }
}

/** An offer that names a URL to an HTTP boot client. */
export function isHttpOffer({ vendorClass, offer }: Answer): boolean {
  return vendorClass?.startsWith('HTTPClient') === true && offer.bootFile !== undefined
}

function isAddressed({ offeredAddress }: Answer): boolean {
  return offeredAddress !== undefined
}

function nothing(why: string): Chosen {
  return { kind: 'none', screenCode: undefined, why }
}
