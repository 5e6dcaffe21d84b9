import { readText } from '../host/read.ts'

/** MAC addresses of IPv4 neighbours, from the kernel's ARP table. */
export type Neighbours = ReadonlyMap<string, string>

const complete = 0x2
/** Reading rests this many times as long as it took. */
const restFactor = 20

/**
 * The ARP table, read again when an address is not in it, but never for more than a twentieth of the
 * time: forged senders fill it with a thousand entries, and then a look takes 2 ms.
 */
export class NeighbourTable {
  readonly #read: () => Neighbours
  readonly #now: () => number
  #known: Neighbours = new Map()
  #readAgainAtMs = Number.NEGATIVE_INFINITY

  constructor(read: () => Neighbours = readNeighbours, now: () => number = () => performance.now()) {
    this.#read = read
    this.#now = now
  }

  /** Undefined when the kernel has not asked for it, got no answer, or was asked a moment ago. */
  macOf(address: string): string | undefined {
    return this.#known.get(address) ?? this.#fresh().get(address)
  }

  #fresh(): Neighbours {
    const beganMs = this.#now()
    if (beganMs < this.#readAgainAtMs) return this.#known
    this.#known = this.#read()
    const endedMs = this.#now()
    this.#readAgainAtMs = endedMs + restFactor * (endedMs - beganMs)
    return this.#known
  }
}

const table = new NeighbourTable()

/** MAC address of one neighbour of this machine, as `NeighbourTable.macOf`. */
export function neighbourMac(address: string): string | undefined {
  return table.macOf(address)
}

/** MAC address (lower case) by IPv4 address. */
function readNeighbours(): Neighbours {
  return parseNeighbours(readText('/proc/net/arp') ?? '')
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
