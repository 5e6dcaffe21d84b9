import { readAddressBook } from './address-book.ts'
import type { Clock } from './datagram.ts'
import { readLinkState } from './interfaces.ts'

/** What serving needs to know of one NIC. */
export interface InterfaceState {
  readonly name: string
  /** The kernel's number; undefined for a NIC that is not there. */
  readonly index: number | undefined
  /** IPv4 addresses, the first one first; kept while the link is down. */
  readonly addresses: readonly string[]
  /** Why nobody can be served there now. */
  readonly problem: 'missing' | 'down' | 'no-ipv4' | undefined
}

/** One look costs 0.1 ms for a NIC (ADR 0002), so it need not wait for the kernel's notice. */
const intervalMs = 1000

/** Reads these NICs as they are now. */
export function readInterfaceStates(names: readonly string[]): InterfaceState[] {
  const addressesOf = readAddressBook()
  return names.map((name) => {
    const link = readLinkState(name)
    if (link === undefined) return { name, index: undefined, addresses: [], problem: 'missing' }
    const addresses = addressesOf({ name, index: link.index }).map(({ address }) => address)
    const problem = link.running ? (addresses.length === 0 ? 'no-ipv4' : undefined) : 'down'
    return { name, index: link.index, addresses, problem }
  })
}

/**
 * Calls back at once, and then whenever a NIC came, went, got or lost its link or an address.
 * A NIC that was replaced by another of the same name is missing for one call, for sockets that
 * are bound to the old one hear nothing any more. The returned function ends the watch.
 */
export function watchInterfaces(
  names: readonly string[],
  clock: Clock,
  onChange: (states: readonly InterfaceState[]) => void,
  read: (names: readonly string[]) => readonly InterfaceState[] = readInterfaceStates,
): () => void {
  let states: readonly InterfaceState[] = []
  let cancel = () => {}
  let watching = true

  const look = () => {
    const before = states
    states = read(names)
    cancel = clock.schedule(intervalMs, look)
    const replaced = states.filter((state) => wasReplaced(state, before))
    if (replaced.length > 0) onChange(states.map((state) => (replaced.includes(state) ? gone(state) : state)))
    if (watching && JSON.stringify(states) !== JSON.stringify(before)) onChange(states)
  }
  look()

  return () => {
    watching = false
    cancel()
  }
}

function wasReplaced(state: InterfaceState, before: readonly InterfaceState[]): boolean {
  const index = before.find(({ name }) => name === state.name)?.index
  return index !== undefined && state.index !== undefined && index !== state.index
}

function gone({ name }: InterfaceState): InterfaceState {
  return { name, index: undefined, addresses: [], problem: 'missing' }
}
