import type { Endpoint } from '../net/datagram.ts'
import type { DhcpPacket } from '../wire/dhcp/packet.ts'

/** Processor and firmware kinds that a boot file can be given for (RFC 4578 §2.1, RFC 5970). */
export type Architecture = 'x64' | 'arm64' | 'ia32' | 'bios'

/** How and where a request reached us. */
export interface Arrival {
  readonly interface: string
  /** Our address on that interface: what `siaddr` and option 54 will say. */
  readonly serverAddress: string
  /** The socket it came in by. */
  readonly service: 'dhcp' | 'bootServer'
  readonly source: Endpoint
}

export interface AccessRules {
  /** Lower-case `aa:bb:cc:dd:ee:ff`. */
  readonly macs: ReadonlySet<string>
  /** Lower-case `aa:bb:cc`. */
  readonly ouis: ReadonlySet<string>
  /** Lower-case SMBIOS text order. */
  readonly uuids: ReadonlySet<string>
}

/** Everything a decision may depend on; nothing else. */
export interface BootPolicy {
  /** TFTP name handed out per architecture, or why it is not; an absent one is not configured. */
  readonly bootFiles: Readonly<Partial<Record<Architecture, BootFile | Refusal>>>
  /** For iPXE that came out of our boot file; undefined: its embedded script is all it needs. */
  readonly scriptUrl: string | undefined
  /** Absolute URL per architecture for UEFI HTTP boot, or why there is none; empty when switched off. */
  readonly httpBootUrls: Readonly<Partial<Record<Architecture, string | Refusal>>>
  readonly allow: AccessRules
  readonly deny: AccessRules
  /** UDP port where nodes hear offers: 68 but in tests and demos. */
  readonly dhcpClientPort: number
}

/** Why a request gets no answer. */
export interface Refusal {
  readonly reason: IgnoreReason
  /** What was seen, for the operator. */
  readonly detail: string
}

export interface BootFile {
  readonly name: string
  /** For option 13 when the size probe should be skipped; undefined leaves it out. */
  readonly sizeBytes: number | undefined
}

/** What is remembered of one MAC between packets; owned by the caller, never by the decision. */
export interface NodeMemory {
  /** Which form of offer the firmware gets now; iPXE and HTTP boot have but one. */
  readonly form: OfferForm
  /** Where iPXE on this node stands, when it is iPXE that asks. */
  readonly ipxe: IpxeStage
  /** MAC address of the NIC that the machine booted from, when iPXE asks by another one. */
  readonly bootedFrom?: string | undefined
}

/**
 * `first`: iPXE in a ROM (most virtual machines) that has not been given anything yet; it gets the
 * boot file. `chained`: it came out of the boot file that was just given, so giving that again would
 * go in circles; it gets the script. `looping`: it has gone round too often already.
 */
export type IpxeStage = 'first' | 'chained' | 'looping'

/**
 * `direct`: the offer itself names the file (option 43.6 = 8); one round trip less. `bootServer`: the
 * offer names nobody's file, the firmware asks for it on port 4011; older firmware knows only this.
 */
export type OfferForm = 'direct' | 'bootServer'

export type Decision =
  | {
      readonly kind: 'offer' | 'acknowledge'
      /** What the node was told: a file by TFTP, a script URL, or an HTTP boot URL. */
      readonly gives: 'file' | 'script' | 'httpBoot'
      readonly form: OfferForm
      readonly node: NodeIdentity
      readonly bootFile: string
      readonly reply: DhcpPacket
      readonly destination: ReplyDestination
    }
  | ({ readonly kind: 'ignore'; readonly node: NodeIdentity } & Refusal)

/** `broadcast` leaves by the arrival interface to 255.255.255.255 (RFC 2131 §4.1). */
export type ReplyDestination =
  | { readonly kind: 'broadcast'; readonly port: number }
  | { readonly kind: 'unicast'; readonly to: Endpoint }

export interface NodeIdentity {
  /** Lower-case `aa:bb:cc:dd:ee:ff`; empty when the request has none. */
  readonly mac: string
  readonly uuid: string | undefined
  readonly architecture: Architecture | undefined
  /** Option 93 as sent, first value; undefined when absent. */
  readonly architectureCode: number | undefined
  readonly firmware: 'pxe' | 'http' | 'ipxe' | 'none'
}

export type IgnoreReason =
  | 'not-a-request'
  | 'no-hardware-address'
  | 'not-pxe'
  | 'address-request'
  | 'wrong-message-type'
  | 'no-return-address'
  | 'denied'
  | 'not-allowed'
  | 'raspberry-pi'
  | 'architecture-unknown'
  | 'architecture-not-configured'
  | 'artifact-missing'
  | 'http-boot-off'
  | 'http-boot-closed'
  | 'ipxe-without-script'
  | 'ipxe-loop'
  | 'boot-file-name-too-long'
