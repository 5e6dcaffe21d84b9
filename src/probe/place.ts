import { EmfPxeError } from '../errors/error.ts'
import type { NetworkInterface } from '../net/interfaces.ts'
import { escapeText } from '../ui/text.ts'

/** A NIC to ask on, and our address there. */
export interface ProbePlace {
  readonly interface: string
  readonly address: string
}

/**
 * The NIC that was named; else the first configured one that works; else the one with the default route;
 * else the first that works. A configured one that is here and does not work is not passed over silently.
 * @throws EmfPxeError INTERFACE_MISSING, INTERFACE_UNUSABLE
 */
export function choosePlace(
  nics: readonly NetworkInterface[],
  named: string | undefined,
  configured: readonly string[],
): ProbePlace {
  const wanted = named === undefined ? configured : [named]
  const here = nics.filter(({ name }) => wanted.includes(name))
  if (named !== undefined && here.length === 0) throw missing(named, nics)
  const candidates = here.length > 0 ? here : byLikelihood(nics)
  const places = candidates.flatMap(({ name, running, addresses: [first] }) =>
    running && first !== undefined ? [{ interface: name, address: first.address }] : [],
  )
  const [place] = places
  if (place === undefined) throw unusable(candidates)
  return place
}

function byLikelihood(nics: readonly NetworkInterface[]): readonly NetworkInterface[] {
  const real = nics.filter(({ kind }) => kind !== 'loopback')
  return real.toSorted((left, right) => Number(right.hasDefaultRoute) - Number(left.hasDefaultRoute))
}

function missing(named: string, nics: readonly NetworkInterface[]): EmfPxeError {
  const names = nics.map(({ name }) => name).join(', ')
  return new EmfPxeError('INTERFACE_MISSING', {
    message: `There is no ${escapeText(named)} here. This machine has ${names || 'no NIC'}.`,
    hint: 'ip -brief address',
  })
}

/** What keeps it from being asked on, and what mends that. */
function unusable(candidates: readonly NetworkInterface[]): EmfPxeError {
  const problems = candidates.map(problemOf)
  const only = problems.length === 1 ? problems[0] : undefined
  const found = problems.map(({ what }) => what).join('; ') || 'it has no NIC'
  return new EmfPxeError('INTERFACE_UNUSABLE', {
    message: only === undefined ? `No NIC of this machine can be asked on: ${found}.` : `${only.what}.`,
    hint: only?.remedy ?? 'ip -brief address',
  })
}

function problemOf({ name, up, running, master }: NetworkInterface): { what: string; remedy: string } {
  if (master !== undefined)
    return { what: `${name} is a port of ${master}`, remedy: `emf-pxe probe --interface ${master}` }
  if (!up) return { what: `${name} is switched off`, remedy: `ip link set ${name} up` }
  if (!running)
    return { what: `${name} has no link: cable or switch port`, remedy: `ip -brief link show ${name}` }
  return {
    what: `${name} has no IPv4 address, which the file is fetched from`,
    remedy: `Give it a free one of the nodes’ network for the time being: ip address add 192.0.2.10/24 dev ${name}; afterwards: ip address del 192.0.2.10/24 dev ${name}`,
  }
}
