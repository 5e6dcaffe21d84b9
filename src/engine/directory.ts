/**
 * Who is behind an address. DHCP speaks of MAC addresses, TFTP only of IP addresses; a boot story
 * needs both. Learned from the REQUEST that a node broadcasts to the site's DHCP server, else
 * from the kernel's neighbour table. Bounded: the pair not used for longest goes first.
 */
export class NodeDirectory {
  readonly #macByAddress = new Map<string, string>()
  readonly #neighbours: (address: string) => string | undefined
  readonly #limit: number

  constructor(neighbours: (address: string) => string | undefined, limit = 20_000) {
    this.#neighbours = neighbours
    this.#limit = limit
  }

  learn(mac: string, address: string): void {
    if (address === '0.0.0.0') return
    this.#macByAddress.delete(address)
    this.#macByAddress.set(address, mac)
    if (this.#macByAddress.size <= this.#limit) return
    const oldest = this.#macByAddress.keys().next()
    if (!oldest.done) this.#macByAddress.delete(oldest.value)
  }

  /** MAC of the node at `address`; empty when nobody knows (a node behind a router that we never heard). */
  macOf(address: string): string {
    const known = this.#macByAddress.get(address) ?? this.#neighbours(address)
    if (known === undefined) return ''
    this.learn(known, address)
    return known
  }
}
