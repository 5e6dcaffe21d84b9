import { EmfPxeError } from '../errors/error.ts'
import type { NetworkInterface } from '../net/interfaces.ts'
import { escapeText } from '../ui/text.ts'

/** A NIC to ask on, and our address there. */
export interface ProbePlace {
  readonly interface: string
  readonly address: string
}

/**
 * The NIC that was named; else the first that is configured; else the one with the default route; else
 * the first that works. @throws EmfPxeError USAGE when there is none to ask on
 */
export function choosePlace(
  nics: readonly NetworkInterface[],
  named: string | undefined,
  configured: readonly string[],
): ProbePlace {
  const usable = nics.filter(({ running, addresses }) => running && addresses.length > 0)
  const real = usable.filter(({ kind }) => kind !== 'loopback')
  const chosen =
    named === undefined
      ? (usable.find(({ name }) => configured.includes(name)) ??
        real.find(({ hasDefaultRoute }) => hasDefaultRoute) ??
        real[0])
      : usable.find(({ name }) => name === named)
  const address = chosen?.addresses[0]?.address
  if (chosen !== undefined && address !== undefined) return { interface: chosen.name, address }
  const names = real.map(({ name }) => name).join(', ') || 'none'
  throw new EmfPxeError('USAGE', {
    message:
      named === undefined
        ? 'No NIC of this machine has a link and an IPv4 address.'
        : `${escapeText(named)} has no link or no IPv4 address, or is not there; NICs that can be used: ${names}.`,
    hint: 'ip -brief address',
  })
}
