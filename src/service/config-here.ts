import { hostname } from 'node:os'
import { isInterfaceRule, resolveInterfaces } from '../config/interface-rules.ts'
import type { Config } from '../config/schema.ts'
import { EmfPxeError } from '../errors/error.ts'
import { type NetworkInterface, readInterfaces } from '../net/interfaces.ts'

/**
 * The configuration as it is meant on this machine: entries of other hosts are gone, rules
 * (`default-route`, `10.20.0.0/24`) stand as the NICs they mean now. Throws CONFIG_INVALID when no
 * entry is for this machine.
 */
export function configHere(
  config: Config,
  hostName: string = hostname(),
  interfaces: readonly NetworkInterface[] = readInterfaces(),
): Config {
  const nics = interfaces.map(({ name, addresses, hasDefaultRoute }) => ({
    name,
    addresses: addresses.map(({ address }) => address),
    defaultRoute: hasDefaultRoute,
  }))
  const resolved = resolveInterfaces(config.interfaces, { hostName, nics })
  if (resolved.length > 0) return { ...config, interfaces: [...resolved] }
  const hosts = config.interfaces.map(({ host }) => host ?? '').join(', ')
  throw new EmfPxeError('CONFIG_INVALID', {
    message: `No interface is configured for this machine, ${hostName}: the entries are for ${hosts}.`,
    hint: `Add an entry with host: ${hostName}, or keep the service off this machine.`,
  })
}

/** A rule that no NIC fits yet, perhaps because the network is still coming up. */
export function waitsForInterface({ interfaces }: Config): boolean {
  return interfaces.some(({ name }) => isInterfaceRule(name))
}
