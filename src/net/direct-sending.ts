import type { DatagramOptions } from './datagram.ts'
import type { FirstContact } from './first-contact.ts'
import type { DirectSending } from './kernel-socket.ts'
import { knowsNeighbour } from './libc/arp.ts'
import type { Libc } from './libc/libc.ts'
import type { Receiver } from './libc/receiver.ts'
import type { Exit, Sender } from './libc/sender.ts'
import { limitedBroadcast, onLinkNetworks } from './on-link.ts'

export interface DirectParts {
  readonly libc: Libc
  readonly sender: Sender
  readonly firstContact: FirstContact
  readonly receiver: Receiver
}

const anyAddress = '0.0.0.0'

/**
 * Where datagrams of this socket leave (ADR 0002). Two NICs in one subnet make the routing table
 * send everything by the first of them, so broadcasts and neighbours are told the NIC; other
 * networks are left to the routing table, which alone knows the way back to a relay.
 */
export function directSending(
  parts: DirectParts,
  descriptor: number,
  boundAddress: string,
  options: DatagramOptions,
): DirectSending {
  const boundToOne = boundAddress !== anyAddress && boundAddress !== limitedBroadcast
  const wanted =
    options.sourceAddress ?? (options.address === limitedBroadcast ? anyAddress : options.address)
  const sourceAddress = boundToOne ? anyAddress : wanted
  const interfaceIndex = options.interface === undefined ? 0 : indexOf(parts.libc, options.interface)
  const { interface: nic } = options
  const isKnown = (on: string) => (address: string) => knowsNeighbour(parts.libc, descriptor, on, address)
  return {
    descriptor,
    sender: parts.sender,
    onLink: options.interface === undefined ? [] : onLinkNetworks(options.interface),
    onLinkExit: exit(interfaceIndex, sourceAddress),
    routedExit: exit(0, sourceAddress),
    mayReach: (address) => nic === undefined || parts.firstContact.mayReach(address, isKnown(nic)),
  }
}

function exit(interfaceIndex: number, sourceAddress: string): Exit | undefined {
  return interfaceIndex === 0 && sourceAddress === anyAddress ? undefined : { interfaceIndex, sourceAddress }
}

/** The kernel's number of a NIC; 0, which lets the routing table decide, when it has just gone. */
function indexOf(libc: Libc, name: string): number {
  return libc.if_nametoindex(Buffer.from(`${name}\0`))
}
