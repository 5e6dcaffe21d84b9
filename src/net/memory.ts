import type { Clock, DatagramNetwork, Endpoint } from './datagram.ts'
import { MemoryHost, type MemoryNic, type MemorySocket } from './memory-host.ts'
import { limitedBroadcast } from './on-link.ts'
import { seededRandom } from './seeded-random.ts'

/** What happens to datagrams on their way. Percentages are dice thrown for each receiver. */
export interface LinkConditions {
  readonly delayMs: number
  /** Speed of every NIC: datagrams leave one after the other. */
  readonly megabitsPerSecond: number
  /** Up to this much more, evenly spread; more than the gap between two datagrams reorders them. */
  readonly jitterMs: number
  readonly lossPercent: number
  readonly duplicatePercent: number
  /** Datagrams that take three times the delay, so that later ones overtake them. */
  readonly reorderPercent: number
}

export interface PassingDatagram {
  readonly bytes: Uint8Array
  readonly from: Endpoint
  readonly to: Endpoint
}

const perfect: LinkConditions = {
  delayMs: 0.1,
  megabitsPerSecond: 1000,
  jitterMs: 0,
  lossPercent: 0,
  duplicatePercent: 0,
  reorderPercent: 0,
}

/** Preamble, Ethernet header and checksum, gap, IP and UDP headers. */
const frameBytes = 66

/**
 * Hosts on switches, in memory: the same `DatagramNetwork` that the kernel offers, with weather. With
 * a `VirtualClock` and a seed every run is the same run; with the system clock real programs can be
 * let in through a gateway.
 */
export class MemoryNetwork {
  conditions: LinkConditions
  /** Sees each datagram first; false loses it. */
  passes: (datagram: PassingDatagram) => boolean = () => true
  readonly #clock: Clock
  readonly #random: () => number
  readonly #plugs: Plug[] = []
  /** By segment and address: a unicast reaches its owners without asking everybody. */
  readonly #owners = new Map<string, Plug[]>()
  readonly #busyUntilMs = new Map<MemoryNic, number>()

  constructor(clock: Clock, options: { seed?: number; conditions?: Partial<LinkConditions> } = {}) {
    this.#clock = clock
    this.#random = seededRandom(options.seed ?? 1)
    this.conditions = { ...perfect, ...options.conditions }
  }

  /** A host with its NICs; NICs on the same `segment` (default `lan`) hear each other. */
  host(...nics: readonly MemoryNic[]): DatagramNetwork {
    const host = new MemoryHost(nics, (socket, nic, bytes, to) => this.#send(socket, nic, bytes, to))
    for (const nic of nics) this.#plug({ host, nic })
    return host
  }

  #send(socket: MemorySocket, nic: MemoryNic, bytes: Uint8Array, to: Endpoint): void {
    const from = { address: socket.sourceAddress ?? nic.address, port: socket.local.port }
    if (!this.passes({ bytes, from, to })) return
    // A copy: the sender may reuse its bytes in its next turn.
    const copy = Uint8Array.from(bytes)
    const queuedMs = this.#queue(nic, bytes.length)
    for (const { host, nic: arrival } of this.#hearers(nic, to.address))
      this.#travel(queuedMs, () => host.deliver(arrival, copy, from, to))
  }

  #plug(plug: Plug): void {
    this.#plugs.push(plug)
    const place = placeOf(plug.nic, plug.nic.address)
    this.#owners.set(place, [...(this.#owners.get(place) ?? []), plug])
  }

  /** A broadcast reaches every other NIC of the segment, an address its owner (also its own host). */
  #hearers(sender: MemoryNic, address: string): readonly Plug[] {
    if (address !== limitedBroadcast) return this.#owners.get(placeOf(sender, address)) ?? []
    return this.#plugs.filter(({ nic }) => nic !== sender && segmentOf(nic) === segmentOf(sender))
  }

  /** How long until the last bit has left: datagrams before it, then its own frame. */
  #queue(nic: MemoryNic, bytes: number): number {
    const nowMs = this.#clock.now()
    const freeAtMs = Math.max(nowMs, this.#busyUntilMs.get(nic) ?? 0)
    const untilMs = freeAtMs + ((bytes + frameBytes) * 8) / (this.conditions.megabitsPerSecond * 1000)
    this.#busyUntilMs.set(nic, untilMs)
    return untilMs - nowMs
  }

  #travel(queuedMs: number, arrive: () => void): void {
    const { delayMs, jitterMs, lossPercent, duplicatePercent, reorderPercent } = this.conditions
    if (this.#happens(lossPercent)) return
    const copies = this.#happens(duplicatePercent) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const detour = this.#happens(reorderPercent) ? 2 * delayMs : 0
      this.#clock.schedule(queuedMs + delayMs + detour + jitterMs * this.#random(), arrive)
    }
  }

  #happens(percent: number): boolean {
    return percent > 0 && this.#random() * 100 < percent
  }
}

interface Plug {
  readonly host: MemoryHost
  readonly nic: MemoryNic
}

function segmentOf(nic: MemoryNic): string {
  return nic.segment ?? 'lan'
}

function placeOf(nic: MemoryNic, address: string): string {
  return `${segmentOf(nic)} ${address}`
}
