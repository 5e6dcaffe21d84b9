import { Resolver, lookup as systemLookup } from 'node:dns/promises'

/** Finds the addresses of a name; rejects with Node's DNS errors (`ENOTFOUND`, `ETIMEOUT`, …). */
export type Lookup = (name: string) => Promise<readonly string[]>

/** As every program on this machine resolves names: /etc/hosts, then DNS (getaddrinfo). */
export const lookupAsSystem: Lookup = async (name) => {
  const found = await systemLookup(name, { all: true, order: 'verbatim' })
  return found.map((entry) => entry.address)
}

/**
 * Asks the given DNS servers and nothing else, as a node does that got them from the site's DHCP
 * server. IPv4 only: UEFI and iPXE boot over IPv4 here.
 */
export function lookupThrough(
  servers: readonly string[],
  options: { readonly timeoutMs?: number; readonly tries?: number } = {},
): Lookup {
  const resolver = new Resolver({ timeout: options.timeoutMs ?? 2000, tries: options.tries ?? 2 })
  resolver.setServers([...servers])
  return (name) => resolver.resolve4(name)
}
