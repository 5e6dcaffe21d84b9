import { addressToBytes, unspecifiedAddress } from './address.ts'
import { BootpOperation, broadcastFlag, DhcpOption, ethernetHardwareType, MessageType } from './constants.ts'
import { macToHardwareAddress } from './hardware-address.ts'
import { hexToBytes } from './hex.ts'
import { encodeMachineUuid } from './machine-identifier.ts'
import type { DhcpPacket } from './packet.ts'
import { textToBytes } from './text.ts'

/**
 * What firmware sends, option for option, for whatever has to play a node: probe, demo, bench and
 * tests. Checked byte for byte against captures in `test/golden/dhcp`; where none could be made,
 * the builder says what it follows.
 */
export interface NodeHardware {
  /** `52:54:00:12:34:56`. */
  readonly mac: string
  /** SMBIOS UUID as text; undefined sends zeros, as firmware does that has none. */
  readonly uuid?: string
  /** Option 93: 7 x64, 11 AArch64, 6 IA32, 0 BIOS; HTTP boot adds its own (16, 19, 15). */
  readonly architecture: number
  readonly transactionId: number
  /** Seconds since the client began, in `secs`. */
  readonly seconds?: number
}

/** A site DHCP server's offer, taken up in a REQUEST. */
export interface AddressChoice {
  readonly requestedAddress: string
  readonly dhcpServer: string
}

/** DISCOVER of an edk2 PXE client (OVMF, AAVMF and most UEFI firmware). */
export function edk2Discover(node: NodeHardware): DhcpPacket {
  return packet(node, broadcastFlag, [
    [DhcpOption.messageType, [MessageType.discover]],
    [DhcpOption.maximumMessageSize, edk2MessageSize],
    ...edk2Options(node, 'PXEClient'),
  ])
}

/** The REQUEST with which an edk2 PXE client takes its address from the site's DHCP server. */
export function edk2Request(node: NodeHardware, choice: AddressChoice): DhcpPacket {
  return packet(node, broadcastFlag, [
    ...takeAddress(choice),
    [DhcpOption.maximumMessageSize, edk2RequestMessageSize],
    ...edk2Options(node, 'PXEClient'),
  ])
}

/**
 * The REQUEST of an edk2 PXE client to a boot server, sent from port 4011 to port 4011. Its options
 * are sorted, it carries no server identifier, and the broadcast flag is not set.
 */
export function edk2BootServerRequest(node: NodeHardware, clientAddress: string): DhcpPacket {
  const options: OptionList = [
    [DhcpOption.messageType, [MessageType.request]],
    [DhcpOption.maximumMessageSize, edk2MessageSize],
    ...edk2Options(node, 'PXEClient'),
  ]
  const [type, ...others] = options
  const sorted = others.sort(([one], [other]) => one - other)
  return { ...packet(node, 0, type === undefined ? sorted : [type, ...sorted]), ciaddr: clientAddress }
}

/** DISCOVER of an edk2 HTTP boot client; its architecture is 16 (x64), 19 (AArch64) or 15 (IA32). */
export function edk2HttpDiscover(node: NodeHardware): DhcpPacket {
  return packet(node, broadcastFlag, [
    [DhcpOption.messageType, [MessageType.discover]],
    [DhcpOption.maximumMessageSize, edk2MessageSize],
    ...edk2Options(node, 'HTTPClient'),
  ])
}

/**
 * DISCOVER of a legacy BIOS ROM. After published captures of Intel's PXE-2.1 ROM: 548 bytes with
 * zeros after the end mark, transaction id from the MAC in real ones.
 */
export function biosDiscover(node: NodeHardware): DhcpPacket {
  return packet({ seconds: 4, ...node }, broadcastFlag, biosOptions(node, [[DhcpOption.messageType, [1]]]))
}

/** The REQUEST with which a legacy BIOS ROM takes its address. Follows the same captures. */
export function biosRequest(node: NodeHardware, choice: AddressChoice): DhcpPacket {
  return packet({ seconds: 4, ...node }, broadcastFlag, biosOptions(node, takeAddress(choice)))
}

/** DISCOVER of iPXE 1.21, as Debian builds it. The broadcast flag is not set. */
export function ipxeDiscover(node: NodeHardware): DhcpPacket {
  return packet({ seconds: 4, ...node }, 0, ipxeOptions(node, MessageType.discover))
}

/** The REQUEST with which iPXE takes its address. */
export function ipxeRequest(node: NodeHardware, choice: AddressChoice): DhcpPacket {
  return packet({ seconds: 4, ...node }, 0, [
    ...ipxeOptions(node, MessageType.request),
    [DhcpOption.serverIdentifier, addressToBytes(choice.dhcpServer)],
    [DhcpOption.requestedAddress, addressToBytes(choice.requestedAddress)],
  ])
}

/** iPXE's REQUEST to a boot server, sent from port 68 to port 4011. */
export function ipxeBootServerRequest(
  node: NodeHardware,
  clientAddress: string,
  bootServer: string,
): DhcpPacket {
  const options: OptionList = [
    ...ipxeOptions(node, MessageType.request),
    [DhcpOption.serverIdentifier, addressToBytes(bootServer)],
  ]
  return { ...packet({ seconds: 4, ...node }, broadcastFlag, options), ciaddr: clientAddress }
}

type OptionList = [code: number, value: ArrayLike<number>][]

/** 1472: an Ethernet frame less IP and UDP headers. */
const edk2MessageSize = [0x05, 0xc0]
/** edk2 asks for 65,280 in its REQUEST, where the PXE driver does not correct the DHCP driver. */
const edk2RequestMessageSize = [0xff, 0x00]

/** The parameter requests of edk2 in common to PXE and HTTP boot. */
const edk2Parameters = hexToBytes('0102030405060c0d0f111216171c28292a2b3233363a3b3c')
const pxeVendorParameters = hexToBytes('4243618081828384858687')
const biosParameters = hexToBytes('0102030405060b0c0d0f10111216171c28292a2b3233363a3b3c42438081828384858687')
const ipxeParameters = hexToBytes('010306070c0f111a2b3c4243778081828384858687afcb')
/** Bus and version, then one byte for each feature of Debian's build: of `ipxe.efi`, of a BIOS ROM. */
const ipxeUefiFeatures = hexToBytes(
  'b105011af41000eb030100001701012401011301011101012701012901011501011b0101120101',
)
const ipxeBiosFeatures = hexToBytes(
  'b105018086100eeb03010000170101220101130101110101270101190101290101100102210101150101180101120101',
)

function edk2Options(node: NodeHardware, client: 'PXEClient' | 'HTTPClient'): OptionList {
  const extra = client === 'PXEClient' ? pxeVendorParameters : httpVendorParameters(node)
  return [
    [DhcpOption.parameterRequestList, [...edk2Parameters, ...extra]],
    [DhcpOption.clientMachineIdentifier, machineIdentifierOf(node)],
    [DhcpOption.clientInterface, [1, 3, 0]],
    [DhcpOption.clientArchitecture, twoBytes(node.architecture)],
    [DhcpOption.vendorClass, classText(client, node.architecture, '003000')],
  ]
}

/** The first of three edk2 forgets to set: OVMF happens to send 235, AAVMF 0. */
function httpVendorParameters(node: NodeHardware): readonly number[] {
  const unset = node.architecture === 16 ? 235 : 0
  return [unset, DhcpOption.bootFileName, DhcpOption.clientMachineIdentifier]
}

function biosOptions(node: NodeHardware, first: OptionList): OptionList {
  return [
    ...first,
    [DhcpOption.parameterRequestList, biosParameters],
    [DhcpOption.maximumMessageSize, [0x04, 0xec]],
    [DhcpOption.clientMachineIdentifier, machineIdentifierOf(node)],
    [DhcpOption.clientArchitecture, twoBytes(node.architecture)],
    [DhcpOption.clientInterface, [1, 2, 1]],
    [DhcpOption.vendorClass, classText('PXEClient', node.architecture, '002001')],
  ]
}

function ipxeOptions(node: NodeHardware, type: number): OptionList {
  const bios = node.architecture === 0
  return [
    [DhcpOption.messageType, [type]],
    [DhcpOption.maximumMessageSize, edk2MessageSize],
    [DhcpOption.clientArchitecture, twoBytes(node.architecture)],
    [DhcpOption.clientInterface, bios ? [1, 2, 1] : [1, 3, 10]],
    [DhcpOption.vendorClass, classText('PXEClient', node.architecture, bios ? '002001' : '003010')],
    [DhcpOption.userClass, textToBytes('iPXE')],
    [DhcpOption.parameterRequestList, ipxeParameters],
    [DhcpOption.ipxeEncapsulated, bios ? ipxeBiosFeatures : ipxeUefiFeatures],
    [DhcpOption.clientIdentifier, [ethernetHardwareType, ...hexToBytes(node.mac)]],
    [DhcpOption.clientMachineIdentifier, machineIdentifierOf(node)],
  ]
}

function takeAddress(choice: AddressChoice): OptionList {
  return [
    [DhcpOption.messageType, [MessageType.request]],
    [DhcpOption.serverIdentifier, addressToBytes(choice.dhcpServer)],
    [DhcpOption.requestedAddress, addressToBytes(choice.requestedAddress)],
  ]
}

function packet(node: NodeHardware, flags: number, options: OptionList): DhcpPacket {
  return {
    op: BootpOperation.request,
    htype: ethernetHardwareType,
    hlen: 6,
    hops: 0,
    xid: node.transactionId,
    secs: node.seconds ?? 0,
    flags,
    ciaddr: unspecifiedAddress,
    yiaddr: unspecifiedAddress,
    siaddr: unspecifiedAddress,
    giaddr: unspecifiedAddress,
    chaddr: macToHardwareAddress(node.mac),
    sname: '',
    file: '',
    options: new Map(options.map(([code, value]) => [code, Uint8Array.from(value)])),
  }
}

function machineIdentifierOf(node: NodeHardware): Uint8Array {
  return node.uuid === undefined ? new Uint8Array(17) : encodeMachineUuid(node.uuid)
}

function classText(client: string, architecture: number, undi: string): Uint8Array {
  return textToBytes(`${client}:Arch:${String(architecture).padStart(5, '0')}:UNDI:${undi}`)
}

function twoBytes(value: number): [number, number] {
  return [value >> 8, value & 0xff]
}
