import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import { isForHost } from './certificate.ts'
import { handshake } from './connect.ts'
import { displayDestination } from './failures.ts'
import { createHttpClient } from './http.ts'
import { discard, expectStatus, readText, refuseWebPage } from './response.ts'
import type { ConnectOptions } from './step.ts'
import {
  endpointUrl,
  explicitEndpoint,
  type ProvisioningEndpoint,
  provisioningEndpoint,
  provisioningPorts,
  provisioningServices,
} from './urls.ts'
import type { PeerFacts } from './verdict.ts'

/** How far one candidate came. */
export interface EndpointAttempt {
  readonly endpoint: ProvisioningEndpoint
  readonly outcome: AttemptOutcome
  /** Why it went no further; undefined when ready. */
  readonly error: EmfPxeError | undefined
  /** Whom TLS met; undefined when it did not come that far. */
  readonly peer: PeerFacts | undefined
}

/**
 * `ready`: the probe file came. `untrusted`: the handshake was completed, but nobody vouches for the
 * certificate yet. `answering`: trusted, but the probe file did not come. `failed`: name, connection or TLS.
 */
export type AttemptOutcome = 'ready' | 'untrusted' | 'answering' | 'failed'

export interface EndpointSearch {
  /** The best candidate: ready, else waiting for trust, else answering; undefined when all failed. */
  readonly chosen: EndpointAttempt | undefined
  /** In the order tried. */
  readonly attempts: readonly EndpointAttempt[]
}

export type EndpointQuestion = { readonly fqdn: string } | { readonly artifactUrl: string }

/**
 * Looks for the provisioning endpoint under a domain: both service names at once, 443 then 9443 on
 * each; an explicit address is the only candidate. Never throws for a candidate that fails.
 * @throws EmfPxeError USAGE for an unusable address, or the signal's reason
 */
export async function findEndpoint(
  question: EndpointQuestion,
  options: ConnectOptions,
): Promise<EndpointSearch> {
  const attempts =
    'artifactUrl' in question
      ? [await attempt(explicitEndpoint(question.artifactUrl), options)]
      : (
          await Promise.all(provisioningServices.map((service) => tryPorts(service, question.fqdn, options)))
        ).flat()
  const reached = attempts.filter(({ outcome }) => outcome !== 'failed')
  const [chosen] = reached.toSorted((left, right) => rank(left) - rank(right))
  return { chosen, attempts }
}

/** A certificate for another name is an ingress's default: something else answers on that port. */
function rank({ endpoint, outcome, peer }: EndpointAttempt): number {
  if (outcome === 'ready') return 0
  if (outcome === 'answering') return 2
  return peer !== undefined && isForHost(peer.leaf, endpoint.destination.host) ? 1 : 3
}

/** As `findEndpoint`, but failing with a screen that says how far each candidate came. @throws EmfPxeError ENDPOINT_NOT_FOUND */
export async function requireEndpoint(
  question: EndpointQuestion,
  options: ConnectOptions,
): Promise<EndpointAttempt> {
  const { chosen, attempts } = await findEndpoint(question, options)
  if (chosen !== undefined) return chosen
  const [only] = attempts
  if (attempts.length === 1 && only?.error !== undefined) throw only.error
  throw new EmfPxeError('ENDPOINT_NOT_FOUND', {
    message: ['none of these is a provisioning endpoint:', ...describeAttempts(attempts)].join('\n  '),
    hint: commonHint(attempts),
    cause: only?.error,
  })
}

/** One line per candidate, aligned: address and what happened. */
export function describeAttempts(attempts: readonly EndpointAttempt[]): string[] {
  const addresses = attempts.map(({ endpoint }) => displayDestination(endpoint.destination))
  const width = Math.max(...addresses.map((address) => address.length))
  return attempts.map(({ error, outcome }, index) => {
    const address = addresses[index] ?? ''
    const said = error === undefined ? outcome : error.message.replace(`${address}: `, '')
    return `${address.padEnd(width)}  ${said}`
  })
}

/** A name that DNS does not know is not asked for on another port. */
async function tryPorts(service: string, fqdn: string, options: ConnectOptions): Promise<EndpointAttempt[]> {
  const attempts: EndpointAttempt[] = []
  for (const port of provisioningPorts) {
    const made = await attempt(provisioningEndpoint(service, fqdn, port), options)
    attempts.push(made)
    if (made.outcome === 'ready' || made.error?.code.startsWith('NAME_')) break
  }
  return attempts
}

async function attempt(endpoint: ProvisioningEndpoint, options: ConnectOptions): Promise<EndpointAttempt> {
  let peer: PeerFacts | undefined
  let outcome: AttemptOutcome = 'failed'
  try {
    const met = await handshake(endpoint.destination, options)
    met.socket.destroy()
    peer = met.peer
    outcome = met.distrust === undefined ? 'answering' : 'untrusted'
    if (met.distrust !== undefined) throw met.distrust
    await probe(endpoint, options)
    return { endpoint, outcome: 'ready', error: undefined, peer }
  } catch (error) {
    if (!(error instanceof EmfPxeError)) throw error
    return { endpoint, outcome, error, peer }
  }
}

/** `boot.ipxe` where the orchestrator is; the first byte of the boot file at an explicit address. */
async function probe(endpoint: ProvisioningEndpoint, options: ConnectOptions): Promise<void> {
  const client = createHttpClient(options)
  if (endpoint.isExplicit) {
    const response = await client.get(endpoint.artifactUrl, { headers: { range: 'bytes=0-0' } })
    discard(refuseWebPage(await expectStatus(response, 200, 206)))
    return
  }
  const url = endpointUrl(endpoint, 'script')
  const text = await readText(refuseWebPage(await expectStatus(await client.get(url), 200)))
  if (text.startsWith('#!ipxe')) return
  throw new EmfPxeError('RESPONSE_UNREADABLE', {
    message: `${displayDestination(endpoint.destination)}: boot.ipxe begins with “${escapeText(text.slice(0, 40))}”, wanted #!ipxe`,
  })
}

/** The hint of the failure that all share; the general one when they differ. */
function commonHint(attempts: readonly EndpointAttempt[]): string {
  const errors = attempts.flatMap(({ error }) => (error === undefined ? [] : [error]))
  const [first] = errors
  const shared = first !== undefined && errors.every((error) => error.code === first.code)
  const general = 'Check the domain; or give the exact address of the boot file with --artifact-url URL'
  return shared ? `${first.hint}\n${general}` : general
}
