import ipaddr from 'ipaddr.js'
import type { Config } from './schema.ts'

/** What rules look at; `addresses` are dotted quads. */
export interface NicFacts {
  readonly name: string
  readonly addresses: readonly string[]
  /** The IPv4 default route leaves by it. */
  readonly defaultRoute: boolean
}

export interface Surroundings {
  readonly hostName: string
  readonly nics: readonly NicFacts[]
}

export type ConfiguredInterface = Config['interfaces'][number]

/** The NIC of the default route. */
const defaultRouteRule = 'default-route'

/** True when `name` is not a NIC's name but says which NIC: `default-route`, or a network such as `10.20.0.0/24`. */
export function isInterfaceRule(name: string): boolean {
  return name === defaultRouteRule || name.includes('/')
}

/**
 * The interfaces that are meant on this machine, by their real names, so that one configuration
 * serves many machines: entries for other hosts are left out, rules are looked up. A rule that no
 * NIC fits yet stays as it is, and is waited for like a NIC that is missing. Pure.
 */
export function resolveInterfaces(
  configured: readonly ConfiguredInterface[],
  surroundings: Surroundings,
): readonly ConfiguredInterface[] {
  const resolved = configured
    .filter(({ host }) => host === undefined || isThisHost(host, surroundings.hostName))
    .map((entry) => (isInterfaceRule(entry.name) ? lookUp(entry, surroundings.nics) : entry))
  return resolved.filter(({ name }, index) => resolved.findIndex((other) => other.name === name) === index)
}

/** `worker-1` and `worker-1.example.com` name the same machine. */
function isThisHost(host: string, hostName: string): boolean {
  const [wanted, own] = [host.toLowerCase(), hostName.toLowerCase()]
  return wanted === own || wanted === firstLabel(own) || (!own.includes('.') && firstLabel(wanted) === own)
}

function firstLabel(name: string): string {
  return name.split('.', 1)[0] ?? name
}

function lookUp(entry: ConfiguredInterface, nics: readonly NicFacts[]): ConfiguredInterface {
  if (entry.name === defaultRouteRule) {
    const nic = nics.find((candidate) => candidate.defaultRoute)
    return nic === undefined ? entry : { ...entry, name: nic.name }
  }
  for (const { name, addresses } of nics) {
    const address = addresses.find((candidate) => isIn(candidate, entry.name))
    // A NIC may be in several networks: the one that the rule names is the one to advertise.
    if (address !== undefined) return { ...entry, name, address: entry.address ?? address }
  }
  return entry
}

function isIn(address: string, network: string): boolean {
  return ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parseCIDR(network))
}
