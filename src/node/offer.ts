import { serverIdentifier } from '../wire/dhcp/addresses.ts'
import { bootFileName } from '../wire/dhcp/boot-file.ts'
import { PxeSubOption } from '../wire/dhcp/constants.ts'
import type { DhcpPacket } from '../wire/dhcp/packet.ts'
import { vendorClass } from '../wire/dhcp/vendor-class.ts'
import { pxeSubOptions } from '../wire/dhcp/vendor-specific.ts'

/**
 * What edk2 takes an offer for (NetworkPkg/UefiPxeBcDxe, PxeBcParseDhcp4Packet). `dhcp…` offers
 * carry an address, `proxy…` offers do not.
 */
export type OfferKind =
  /** PXEClient with boot server discovery options (43.6 to 43.10). */
  | 'dhcpPxe'
  | 'proxyPxe'
  /** PXEClient without them: the boot server is asked on port 4011. */
  | 'dhcpBootServer'
  | 'proxyBootServer'
  /** An address, and perhaps a boot file, from a server that knows nothing of PXE. */
  | 'dhcpOnly'
  /** No address and not PXE: of no use. */
  | 'useless'

export interface Offer {
  readonly kind: OfferKind
  readonly server: string
  readonly packet: DhcpPacket
  readonly bootFile: string | undefined
  /** 43.6, when present: bit 3 (8) means that the named file is to be fetched at once. */
  readonly discoveryControl: number | undefined
}

/** Reads an offer as edk2 does. */
export function readOffer(packet: DhcpPacket): Offer {
  const vendor = pxeSubOptions(packet.options)
  const isPxe = (vendorClass(packet.options) ?? '').startsWith('PXEClient')
  const hasDiscovery = [...vendor.keys()].some(
    (code) => code >= PxeSubOption.discoveryControl && code <= PxeSubOption.menuPrompt,
  )
  return {
    kind: kindOf(packet.yiaddr !== '0.0.0.0', isPxe, hasDiscovery),
    server: serverIdentifier(packet.options) ?? packet.siaddr,
    packet,
    bootFile: bootFileName(packet),
    discoveryControl: vendor.get(PxeSubOption.discoveryControl)?.[0],
  }
}

function kindOf(hasAddress: boolean, isPxe: boolean, hasDiscovery: boolean): OfferKind {
  if (!isPxe) return hasAddress ? 'dhcpOnly' : 'useless'
  if (hasDiscovery) return hasAddress ? 'dhcpPxe' : 'proxyPxe'
  return hasAddress ? 'dhcpBootServer' : 'proxyBootServer'
}
