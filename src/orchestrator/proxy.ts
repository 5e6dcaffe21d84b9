import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import { Secret } from './secret.ts'

/** `process.env`, or a part of it. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface Destination {
  /** A name, or an IP address without brackets. */
  readonly host: string
  readonly port: number
}

export interface ProxyServer extends Destination {
  /** The connection to the proxy itself is TLS. */
  readonly encrypted: boolean
  /** Value of the Proxy-Authorization header. */
  readonly authorization: Secret | undefined
}

/**
 * Which proxy an HTTPS request goes through, by HTTPS_PROXY, ALL_PROXY and NO_PROXY; the lower-case
 * forms come first, as with curl. Undefined: connect directly.
 * @throws EmfPxeError PROXY_INVALID
 */
export function proxyFor(destination: Destination, environment: Environment): ProxyServer | undefined {
  const setting =
    firstSet(environment, ['https_proxy', 'HTTPS_PROXY']) ?? firstSet(environment, ['all_proxy', 'ALL_PROXY'])
  if (setting === undefined) return undefined
  const exempt = firstSet(environment, ['no_proxy', 'NO_PROXY']) ?? ''
  return isExempt(destination, exempt) ? undefined : parseProxy(setting)
}

/**
 * Connects through this proxy whatever the environment says; without one the environment decides.
 * For the options of a connection.
 */
export function through(proxy: string | undefined): { readonly environment?: Environment } {
  return proxy === undefined ? {} : { environment: { HTTPS_PROXY: proxy } }
}

/**
 * NO_PROXY: names (subdomains included, leading dot or not), `*`, IP addresses, CIDR ranges, each
 * with an optional port. There is no standard; this accepts what curl, Go and Python accept.
 */
export function isExempt({ host, port }: Destination, list: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => matches(name, port, entry))
}

function matches(name: string, port: number, entry: string): boolean {
  if (entry === '*') return true
  const { pattern, onlyPort } = splitPort(entry)
  if (onlyPort !== undefined && onlyPort !== port) return false
  if (isIP(name) !== 0) return addressMatches(name, pattern)
  const domain = pattern.replace(/^\*?\./, '')
  return name === domain || name.endsWith(`.${domain}`)
}

/** `name:443`, `[::1]:443`; a bare IPv6 address or range has colons of its own. */
function splitPort(entry: string): { pattern: string; onlyPort?: number } {
  if (isIP(entry) !== 0 || entry.includes('/')) return { pattern: entry }
  const [, bracketed, plain, onlyPort] = entry.match(/^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/) ?? []
  const pattern = bracketed ?? plain ?? entry
  return onlyPort === undefined ? { pattern } : { pattern, onlyPort: Number(onlyPort) }
}

function addressMatches(address: string, wanted: string): boolean {
  try {
    const parsed = ipaddr.process(address)
    if (wanted.includes('/')) {
      const [range, bits] = ipaddr.parseCIDR(wanted)
      return parsed.kind() === range.kind() && parsed.match(range, bits)
    }
    return isIP(wanted) !== 0 && parsed.toString() === ipaddr.process(wanted).toString()
  } catch {
    return false
  }
}

function parseProxy(setting: string): ProxyServer {
  const url = URL.parse(setting.includes('://') ? setting : `http://${setting}`)
  if (url === null || url.hostname === '') throw invalidProxy(setting, 'that is not a URL')
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw invalidProxy(setting, `${url.protocol.slice(0, -1)} proxies are not supported, only http and https`)
  const encrypted = url.protocol === 'https:'
  return {
    host: unbracket(url.hostname),
    port: url.port === '' ? (encrypted ? 443 : 80) : Number(url.port),
    encrypted,
    authorization: basicAuthorization(url),
  }
}

function basicAuthorization(url: URL): Secret | undefined {
  if (url.username === '' && url.password === '') return undefined
  const pair = `${decoded(url.username)}:${decoded(url.password)}`
  return new Secret(`Basic ${Buffer.from(pair).toString('base64')}`)
}

/** A `%` that begins no escape is meant literally. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Anything before an `@` may be a password. */
function invalidProxy(setting: string, why: string): EmfPxeError {
  const shown = setting.replace(/^(.*:\/\/)?.*@/s, '$1[secret]@')
  return new EmfPxeError('PROXY_INVALID', { message: `HTTPS_PROXY is “${escapeText(shown)}”: ${why}` })
}

function firstSet(environment: Environment, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = environment[name]?.trim()
    if (value !== undefined && value !== '') return value
  }
  return undefined
}

function unbracket(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}
