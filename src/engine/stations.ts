import { errorMessage } from '../errors/error-message.ts'
import type { Happening } from '../events/event.ts'
import type { Clock } from '../net/datagram.ts'
import { Station, type StationOptions, type StationParts } from './station.ts'

/** A NIC as it is now. */
export interface NicState {
  readonly name: string
  /** IPv4 addresses, first one first; empty when there is none. */
  readonly addresses: readonly string[]
  readonly problem: 'missing' | 'down' | 'no-ipv4' | undefined
}

/** A NIC that shall be served; `address` picks one of several. */
export interface WantedNic {
  readonly name: string
  readonly address?: string | undefined
}

export type StationTemplate = Omit<StationOptions, 'interface' | 'address'>

interface Place {
  station: Station | undefined
  /** Why it could not be opened the last time. */
  failure: unknown
  /** Last thing said about it, so that it is said once. */
  said: string
  /** Work on one NIC is done one piece after another. */
  queue: Promise<void>
  cancelRetry: () => void
}

/** A port that another program holds may become free. */
const retryMs = 5_000

/**
 * Keeps one station on each wanted NIC: opens it when the NIC has an address, moves it when the
 * address changes, says what it waits for, and tries again when a port was taken.
 */
export class Stations {
  readonly #places = new Map<string, Place>()
  readonly #parts: StationParts
  readonly #clock: Clock
  #wanted: readonly WantedNic[] = []
  #template: StationTemplate
  #closed = false

  constructor(template: StationTemplate, parts: StationParts, clock: Clock) {
    this.#template = template
    this.#parts = parts
    this.#clock = clock
  }

  get open(): readonly Station[] {
    return [...this.#places.values()].flatMap(({ station }) => (station === undefined ? [] : [station]))
  }

  /** Why NICs that have an address are not being answered on. */
  get failures(): readonly unknown[] {
    return [...this.#places.values()].flatMap(({ failure }) => (failure === undefined ? [] : [failure]))
  }

  /** Sets what is wanted; stations whose NIC or ports are no longer wanted are closed. */
  async want(wanted: readonly WantedNic[], template: StationTemplate): Promise<void> {
    const portsChanged = JSON.stringify(template) !== JSON.stringify(this.#template)
    this.#wanted = wanted
    this.#template = template
    for (const [name, place] of this.#places) {
      const kept = wanted.some((nic) => nic.name === name)
      if (kept && !portsChanged) continue
      await this.#enqueue(place, async () => this.#closePlace(place))
      if (!kept) this.#places.delete(name)
    }
  }

  /** Brings the stations in line with the NICs as they are now; resolves when all have been tried. */
  async update(states: readonly NicState[]): Promise<void> {
    await Promise.all(
      this.#wanted.map((nic) => {
        const state = states.find(({ name }) => name === nic.name)
        const place = this.#placeOf(nic.name)
        return this.#enqueue(place, () => this.#settle(place, nic, state ?? absent(nic.name)))
      }),
    )
  }

  /** Answers no DHCP any more and opens nothing; transfers go on. */
  stopOffering(): void {
    this.#closed = true
    for (const place of this.#places.values()) {
      place.cancelRetry()
      place.station?.stopOffering()
    }
  }

  close(): void {
    this.#closed = true
    for (const place of this.#places.values()) this.#closePlace(place)
  }

  #placeOf(name: string): Place {
    const place = this.#places.get(name) ?? {
      station: undefined,
      failure: undefined,
      said: '',
      queue: Promise.resolve(),
      cancelRetry: () => {},
    }
    this.#places.set(name, place)
    return place
  }

  #enqueue(place: Place, task: () => Promise<void>): Promise<void> {
    place.queue = place.queue.then(task)
    return place.queue
  }

  async #settle(place: Place, nic: WantedNic, state: NicState): Promise<void> {
    if (this.#closed) return
    const address = addressOf(nic, state)
    // A link that is down for a moment keeps its address and its station: transfers survive a flap.
    if (place.station !== undefined && place.station.options.address === address) return
    if (address === undefined || (place.station === undefined && state.problem !== undefined)) {
      this.#wait(place, nic.name, state.problem ?? 'no-ipv4')
      return
    }
    await this.#open(place, nic, address)
  }

  #wait(place: Place, name: string, reason: 'missing' | 'down' | 'no-ipv4'): void {
    this.#closePlace(place)
    this.#say(place, { type: 'interface.waiting', interface: name, reason })
  }

  async #open(place: Place, nic: WantedNic, address: string): Promise<void> {
    const previous = place.station?.options.address
    this.#closePlace(place)
    try {
      place.station = await Station.open({ ...this.#template, interface: nic.name, address }, this.#parts)
      place.failure = undefined
      const listening: Happening = { type: 'interface.listening', interface: nic.name, address }
      const moved: Happening = {
        type: 'interface.readdressed',
        interface: nic.name,
        address,
        previous: previous ?? '',
      }
      this.#say(place, previous === undefined ? listening : moved)
    } catch (error) {
      this.#failed(place, nic, address, error)
    }
  }

  #failed(place: Place, nic: WantedNic, address: string, error: unknown): void {
    place.failure = error
    const code = (error as { code?: unknown }).code
    const message = errorMessage(error)
    this.#say(place, {
      type: 'interface.failed',
      interface: nic.name,
      code: String(code ?? 'INTERNAL'),
      message,
    })
    place.cancelRetry = this.#clock.schedule(retryMs, () => {
      void this.#enqueue(place, async () => {
        if (!this.#closed && place.station === undefined) await this.#open(place, nic, address)
      })
    })
  }

  #say(place: Place, happening: Happening): void {
    const said = JSON.stringify(happening)
    if (said === place.said) return
    place.said = said
    this.#parts.publish({ atMs: Date.now(), ...happening })
  }

  #closePlace(place: Place): void {
    place.cancelRetry()
    place.station?.close()
    place.station = undefined
  }
}

function absent(name: string): NicState {
  return { name, addresses: [], problem: 'missing' }
}

/** The configured address when the NIC has it, else its first; undefined when there is none to use. */
function addressOf(nic: WantedNic, state: NicState): string | undefined {
  if (nic.address !== undefined) return state.addresses.includes(nic.address) ? nic.address : undefined
  return state.addresses[0]
}
