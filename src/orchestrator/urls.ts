import { destinationOf, parseHttpsUrl } from './http.ts'
import type { Destination } from './proxy.ts'

/**
 * Where the orchestrator keeps what. Release 3.0 to 2025.2 serves boot files at `tinkerbell-nginx.`,
 * 2026.0 and later at `tinkerbell-haproxy.`; installations with one address use port 9443.
 */
export const provisioningServices = ['tinkerbell-haproxy', 'tinkerbell-nginx'] as const
export const provisioningPorts = [443, 9443] as const

/** Where boot files come from: everything else is a name below `base`. */
export interface ProvisioningEndpoint {
  /** Ends in `/`. */
  readonly base: string
  readonly destination: Destination
  /** The boot file for UEFI x86-64. */
  readonly artifactUrl: string
  /** The boot file's address was given, so there may be no other file beside it. */
  readonly isExplicit: boolean
}

/** The endpoint of a service name below the orchestrator's domain. */
export function provisioningEndpoint(service: string, fqdn: string, port: number): ProvisioningEndpoint {
  const host = `${service}.${fqdn}`
  const base = `https://${host}${port === 443 ? '' : `:${port}`}/tink-stack/`
  return {
    base,
    destination: { host, port },
    artifactUrl: new URL(endpointFiles.artifact, base).href,
    isExplicit: false,
  }
}

/** The endpoint behind an explicit address of a boot file. @throws EmfPxeError USAGE */
export function explicitEndpoint(artifactUrl: string): ProvisioningEndpoint {
  const url = parseHttpsUrl(artifactUrl)
  return {
    base: new URL('.', url).href,
    destination: destinationOf(url),
    artifactUrl: url.href,
    isExplicit: true,
  }
}

/** Names below the endpoint's base. */
export const endpointFiles = {
  artifact: 'signed_ipxe.efi',
  /** Static and small: a good reachability probe. */
  script: 'boot.ipxe',
  kernel: 'vmlinuz-x86_64',
  initramfs: 'initramfs-x86_64',
  /** PEM of the endpoint's certificate. */
  certificate: 'keys/Full_server.crt',
  /** Secure Boot certificate to enrol. */
  secureBootCertificate: 'keys/db.der',
} as const

export type EndpointFile = keyof typeof endpointFiles

/** `https://…/tink-stack/boot.ipxe` and its neighbours. */
export function endpointUrl(endpoint: ProvisioningEndpoint, file: EndpointFile): string {
  return file === 'artifact' ? endpoint.artifactUrl : new URL(endpointFiles[file], endpoint.base).href
}

/** A copy of the endpoint's certificate, under the orchestrator's own certificate. */
export function rootCertificateUrl(fqdn: string): string {
  return `https://${fqdn}/boots/ca.crt`
}

export function apiUrl(fqdn: string, path: string): string {
  return `https://api.${fqdn}${path}`
}

/** Where a user name and password are exchanged for a token. */
export function tokenUrl(fqdn: string): string {
  return `https://keycloak.${fqdn}/realms/master/protocol/openid-connect/token`
}
