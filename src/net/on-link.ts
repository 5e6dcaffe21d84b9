import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import { addressNumber } from './libc/address.ts'

export const limitedBroadcast = '255.255.255.255'

/** The network that an address of this machine is in, as two 32-bit numbers. */
export interface Subnet {
  readonly network: number
  readonly mask: number
}

/** Subnet of one of our addresses; undefined when this machine does not have it. */
export function subnetOf(address: string, interfaces = networkInterfaces()): Subnet | undefined {
  const all = Object.values(interfaces).flatMap((list): NetworkInterfaceInfo[] => list ?? [])
  const ours = all.find((info) => info.family === 'IPv4' && info.address === address)
  if (ours === undefined) return undefined
  const mask = addressNumber(ours.netmask)
  return { mask, network: (addressNumber(address) & mask) >>> 0 }
}

/** True for destinations that need no router: the limited broadcast, and all of the subnet. */
export function isOnLink(subnet: Subnet | undefined, destination: string): boolean {
  if (destination === limitedBroadcast) return true
  if (subnet === undefined) return false
  return (addressNumber(destination) & subnet.mask) >>> 0 === subnet.network
}
