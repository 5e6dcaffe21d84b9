import { readAuthorities, type TrustPolicy } from './authorities.ts'
import type { CertificateFacts } from './certificate.ts'
import { type EndpointAttempt, requireEndpoint } from './endpoints.ts'
import { createHttpClient, type HttpClient } from './http.ts'
import { through } from './proxy.ts'
import { establishTrust, type TrustDecision, type TrustOptions } from './trust.ts'
import type { ProvisioningEndpoint } from './urls.ts'

/** The part of the configuration that says where the orchestrator is and whom to believe. */
export interface OrchestratorSettings {
  readonly fqdn?: string | undefined
  /** Exact address of the boot file; the endpoint is then not looked for. */
  readonly artifactUrl?: string | undefined
  readonly caFile?: string | undefined
  readonly trustFingerprint?: string | undefined
  /** `http://HOST:PORT`; default: what the environment says. */
  readonly proxy?: string | undefined
}

export interface OpenedOrchestrator {
  readonly endpoint: ProvisioningEndpoint
  /** How far the search came at this endpoint before trust was settled. */
  readonly attempt: EndpointAttempt
  readonly trust: TrustDecision
  /** Trusts the provisioning endpoint: boot files. */
  readonly provisioning: HttpClient
  /** Trusts the system's authorities and the CA file: `api.`, `keycloak.` and the root domain. */
  readonly services: HttpClient
}

/**
 * From the configuration to clients that can be used: finds the endpoint, settles who vouches for its
 * certificate (asking `confirm` when nothing else helps) and keeps both apart from the API's trust.
 * @throws EmfPxeError ENDPOINT_NOT_FOUND, TRUST_…, CERTIFICATE_…, USAGE, and what keeps it from being reached
 */
export async function openOrchestrator(
  settings: OrchestratorSettings,
  network: TrustOptions,
  confirm?: (certificate: CertificateFacts) => Promise<boolean>,
): Promise<OpenedOrchestrator> {
  const { fqdn, artifactUrl, caFile, trustFingerprint } = settings
  const options = { ...network, ...through(settings.proxy) }
  const servicesTrust = { extraAuthorities: caFile === undefined ? [] : await readAuthorities(caFile) }
  const searchTrust: TrustPolicy =
    trustFingerprint === undefined ? servicesTrust : { ...servicesTrust, pinnedSha256: trustFingerprint }
  const question = artifactUrl === undefined ? { fqdn: fqdn ?? '' } : { artifactUrl }
  const attempt = await requireEndpoint(question, { ...options, trust: searchTrust })
  const { endpoint } = attempt
  const trust = await establishTrust({ endpoint, fqdn, caFile, trustFingerprint, confirm }, options)
  return {
    endpoint,
    attempt,
    trust,
    provisioning: createHttpClient({ ...options, trust: trust.policy }),
    services: createHttpClient({ ...options, trust: servicesTrust }),
  }
}
