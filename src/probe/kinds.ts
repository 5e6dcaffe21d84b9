import { ipxe, plain, type TftpProfile, edk2 as uefi } from '../node/tftp-profiles.ts'
import { broadcastFlag } from '../wire/dhcp/constants.ts'
import type { DhcpPacket } from '../wire/dhcp/packet.ts'
import {
  biosDiscover,
  edk2Discover,
  edk2HttpDiscover,
  ipxeDiscover,
  type NodeHardware,
} from '../wire/dhcp/requests.ts'

/** Which kind of node to play. */
export interface NodeKind {
  /** Option 93. */
  readonly architecture: number
  /** Who chooses among the offers. */
  readonly chooser: 'edk2' | 'bios' | 'ipxe' | 'http'
  readonly discover: (hardware: NodeHardware) => DhcpPacket
  readonly profile: TftpProfile
}

export const nodeKinds = {
  'edk2-x64': { architecture: 7, chooser: 'edk2', discover: edk2Discover, profile: uefi },
  'edk2-arm64': { architecture: 11, chooser: 'edk2', discover: edk2Discover, profile: uefi },
  // Legacy ROMs follow PXE 2.1 §2.2, as edk2 does; they fetch in blocks of 512 bytes or little more.
  bios: { architecture: 0, chooser: 'bios', discover: biosDiscover, profile: plain },
  ipxe: { architecture: 7, chooser: 'ipxe', discover: audible(ipxeDiscover), profile: ipxe },
  'http-x64': { architecture: 16, chooser: 'http', discover: edk2HttpDiscover, profile: uefi },
} as const satisfies Readonly<Record<string, NodeKind>>

/**
 * iPXE does not set the broadcast flag, so a DHCP server answers to the MAC address of the node alone
 * (RFC 2131 §4.1), which is not the one of our NIC: without the flag its offer would never be heard.
 */
function audible(discover: NodeKind['discover']): NodeKind['discover'] {
  return (hardware) => ({ ...discover(hardware), flags: broadcastFlag })
}

export type NodeKindName = keyof typeof nodeKinds
