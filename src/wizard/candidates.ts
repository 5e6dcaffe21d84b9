import type { Introduction } from '../host/introduction.ts'
import type { InterfaceKind } from '../net/interface-kind.ts'
import type { NetworkInterface } from '../net/interfaces.ts'
import { plural } from '../ui/units.ts'
import type { Heard } from './listen.ts'

/** A NIC as it is offered to a person. */
export interface Candidate {
  readonly nic: NetworkInterface
  /** Why it is among the last; undefined for one that may well be right. */
  readonly doubt: string | undefined
  /** Nodes can never be there. */
  readonly impossible: boolean
  readonly heard: Heard | undefined
}

const doubtfulKinds: Readonly<Partial<Record<InterfaceKind, string>>> = {
  wireless: 'wireless: firmware boots over cable',
  loopback: 'loopback: this machine alone',
  docker: 'a bridge of Docker',
  veth: 'a cable between namespaces of this machine',
  tunnel: 'a tunnel',
  virtual: 'a virtual device',
}

/** Every NIC with what speaks against it; nobody has listened yet. */
export function candidates(nics: readonly NetworkInterface[]): Candidate[] {
  return nics.map((nic) => ({
    nic,
    doubt: doubtAbout(nic),
    impossible: nic.kind === 'loopback' || nic.master !== undefined,
    heard: undefined,
  }))
}

function rankOf({ doubt, impossible }: Candidate): number {
  if (impossible) return 2
  return doubt === undefined ? 0 : 1
}

function doubtAbout(nic: NetworkInterface): string | undefined {
  if (nic.master !== undefined) return `a port of ${nic.master}: name that one`
  if (nic.kind === 'loopback') return doubtfulKinds.loopback
  if (!nic.up) return 'switched off'
  if (!nic.running) return 'the link is down'
  if (nic.addresses.length === 0) return 'it has no IPv4 address'
  return doubtfulKinds[nic.kind]
}

/**
 * The best first, so that a person need not look for it: where a DHCP server answers nodes, rather
 * than the way out of the site.
 */
export function ranked(list: readonly Candidate[]): Candidate[] {
  return list.toSorted((left, right) => rankOf(left) - rankOf(right) || worth(right) - worth(left))
}

function worth({ heard, nic }: Candidate): number {
  const hasDhcp =
    heard !== undefined && 'answerers' in heard && heard.answerers.some(({ offered }) => offered)
  const isReachable = nic.running && nic.addresses.length > 0
  return (isReachable ? 4 : 0) + (hasDhcp ? 2 : 0) + (nic.hasDefaultRoute ? 0 : 1)
}

/** `10.20.0.5/24, 1 Gbit/s, default route`. */
export function describeNic({ nic, doubt }: Candidate, { leasedNics }: Introduction): string {
  const [first, ...more] = nic.addresses.map(({ address, prefixLength }) => `${address}/${prefixLength}`)
  const parts = [
    ...(first === undefined
      ? []
      : [more.length === 0 ? first : `${first} and ${plural(more.length, 'more', 'more')}`]),
    ...(leasedNics.has(nic.name) ? ['by DHCP'] : []),
    ...(nic.speedMbps === undefined ? [] : [formatSpeed(nic.speedMbps)]),
    ...(nic.hasDefaultRoute ? ['default route'] : []),
    ...(doubt === undefined ? [] : [doubt]),
  ]
  return parts.join(', ')
}

function formatSpeed(speedMbps: number): string {
  return speedMbps >= 1000 ? `${speedMbps / 1000} Gbit/s` : `${speedMbps} Mbit/s`
}
