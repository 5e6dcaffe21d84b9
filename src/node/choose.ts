import { serverIdentifier } from '../wire/dhcp/addresses.ts'
import { messageType } from '../wire/dhcp/message-type.ts'
import type { DhcpPacket } from '../wire/dhcp/packet.ts'
import type { Offer, OfferKind } from './offer.ts'

/** How firmware goes on after it chose. */
export type Choice =
  /** The file is named: TFTP from `server` at once. */
  | {
      readonly kind: 'fetch'
      readonly offer: Offer
      readonly server: string
      readonly file: string
      readonly why: string
    }
  /** Ask `server` on the boot server port. */
  | { readonly kind: 'askBootServer'; readonly offer: Offer; readonly server: string; readonly why: string }
  /** The screen code that firmware would show, and why. */
  | { readonly kind: 'none'; readonly screenCode: string; readonly why: string }

/** edk2 keeps no more (PXEBC_OFFER_MAX_NUM). */
const mostOffers = 16

/**
 * The offer that edk2 takes after its whole waiting time (PxeBcSelectDhcp4Offer): a DHCP server that
 * speaks PXE, else an address together with a ProxyDHCP offer of the direct form, else a DHCP server
 * that says PXEClient only, else an address with a ProxyDHCP offer without discovery options, else a
 * DHCP server that names a boot file.
 */
export function chooseAsEdk2(offers: readonly Offer[]): Choice {
  const kept = offers.slice(0, mostOffers)
  const first = (kind: OfferKind) => kept.find((offer) => offer.kind === kind)
  if (!kept.some((offer) => offer.packet.yiaddr !== '0.0.0.0')) {
    return { kind: 'none', screenCode: 'PXE-E16', why: 'no DHCP server offered an address' }
  }
  const dhcpPxe = first('dhcpPxe')
  if (dhcpPxe !== undefined) return take(dhcpPxe, 'the site’s DHCP server speaks PXE itself')
  const addressed = first('dhcpOnly')
  const proxyPxe = first('proxyPxe')
  if (addressed !== undefined && proxyPxe !== undefined)
    return take(proxyPxe, 'an address, and a ProxyDHCP offer that names the file')
  const dhcpBootServer = first('dhcpBootServer')
  // Seen with OVMF 2022.11 beside ISC DHCP with option 60: its REQUEST asks the proxy for 0.0.0.0, four times.
  if (dhcpBootServer !== undefined && proxyPxe !== undefined)
    return { kind: 'none', screenCode: 'PXE-E16', why: astray(dhcpBootServer, proxyPxe) }
  if (dhcpBootServer !== undefined) return take(dhcpBootServer, 'the site’s DHCP server says PXEClient')
  const proxyBootServer = first('proxyBootServer')
  if (addressed !== undefined && proxyBootServer !== undefined)
    return take(proxyBootServer, 'an address, and a ProxyDHCP offer to ask')
  const withFile = kept.find((offer) => offer.kind === 'dhcpOnly' && offer.bootFile !== undefined)
  if (withFile !== undefined) return take(withFile, 'the site’s DHCP server names a boot file itself')
  return { kind: 'none', screenCode: 'PXE-E16', why: 'an address was offered, but no one said what to boot' }
}

function astray(dhcp: Offer, proxy: Offer): string {
  return `${dhcp.server} gives the only address and says PXEClient (option 60): with the proxy ${proxy.server} beside it, firmware asks the proxy for the address`
}

/** Offers that edk2 drops before it chooses; undefined when it would keep this one. */
export function whyEdk2Drops(packet: DhcpPacket): string | undefined {
  if (packet.op !== 2) return 'not a reply'
  if (messageType(packet.options) === undefined) return 'option 53 is missing'
  const server = serverIdentifier(packet.options)
  if (server === undefined || server === '0.0.0.0') return 'option 54 is missing or zero'
  return undefined
}

function take(offer: Offer, why: string): Choice {
  const server = offer.packet.siaddr === '0.0.0.0' ? offer.server : offer.packet.siaddr
  if (offer.kind === 'dhcpOnly') return fetch(offer, server, why)
  if (offer.kind === 'dhcpBootServer' && offer.bootFile !== undefined) return fetch(offer, server, why)
  if (offer.kind !== 'dhcpPxe' && offer.kind !== 'proxyPxe')
    return { kind: 'askBootServer', offer, server, why }
  if (((offer.discoveryControl ?? 0) & 8) === 0) {
    return {
      kind: 'none',
      screenCode: 'PXE-E21',
      why: `the offer of ${offer.server} wants a boot menu that it does not send`,
    }
  }
  if (offer.bootFile !== undefined) return fetch(offer, server, why)
  return { kind: 'askBootServer', offer, server, why }
}

function fetch(offer: Offer, server: string, why: string): Choice {
  const file = offer.bootFile
  if (file === undefined)
    return { kind: 'none', screenCode: 'PXE-E53', why: `${offer.server} names no boot file` }
  return { kind: 'fetch', offer, server, file, why }
}
