import { readText } from '../host/read.ts'

/** MAC addresses of IPv4 neighbours, from the kernel's ARP table. */
export type Neighbours = ReadonlyMap<string, string>

const complete = 0x2

/** MAC address (lower case) by IPv4 address. */
export function readNeighbours(): Neighbours {
  return parseNeighbours(readText('/proc/net/arp') ?? '')
}

/** MAC address of one neighbour; undefined when the kernel has not asked for it, or got no answer. */
export function neighbourMac(address: string): string | undefined {
  return readNeighbours().get(address)
}

/** Columns: `IP address, HW type, Flags, HW address, Mask, Device`. */
export function parseNeighbours(text: string): Neighbours {
  const neighbours = new Map<string, string>()
  for (const line of text.split('\n').slice(1)) {
    const [address, , flags, mac] = line.trim().split(/\s+/)
    if (address !== undefined && mac !== undefined && (Number(flags) & complete) !== 0)
      neighbours.set(address, mac.toLowerCase())
  }
  return neighbours
}
