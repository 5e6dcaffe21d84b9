import { buildEfiImage, type EfiImageWishes } from '../../../src/demo/efi-image.ts'
import { type Identity, makeIdentity } from '../../../src/demo/orchestrator-certificates.ts'
import { signImage } from '../../../src/demo/sign-image.ts'

export const fqdn = 'edge.test'
export const endpointHost = `tinkerbell-haproxy.${fqdn}`
export const bootScript = `#!ipxe
set base https://${endpointHost}/tink-stack
dhcp || shell
chain --autofree \${base}/boot.ipxe || shell
`

export interface SiteIdentities {
  /** What the endpoint serves and iPXE trusts. */
  readonly endpoint: Identity
  /** Another endpoint's certificate. */
  readonly stranger: Identity
  /** The Secure Boot key that signs the boot file. */
  readonly db: Identity
}

let made: Promise<SiteIdentities> | undefined

/** Keys take longest to make: one set for all tests of a file. */
export function siteIdentities(): Promise<SiteIdentities> {
  made ??= makeIdentities()
  return made
}

async function makeIdentities(): Promise<SiteIdentities> {
  const [endpoint, stranger, db] = await Promise.all([
    makeIdentity({ commonName: endpointHost, key: 'EC P-256' }),
    makeIdentity({ commonName: 'another.test', key: 'EC P-256' }),
    makeIdentity({ commonName: 'Site Secure Boot db' }),
  ])
  return { endpoint, stranger, db }
}

/** An iPXE as the orchestrator builds it, unsigned. */
export function ipxeImage(endpoint: Identity, wishes: EfiImageWishes = {}): Buffer {
  return buildEfiImage({
    ipxeVersion: '1.21.1+ (g4bd064de)',
    script: bootScript,
    trusted: [endpoint.der],
    ...wishes,
  })
}

/** The same, signed. */
export function signedImage({ endpoint, db }: SiteIdentities, wishes: EfiImageWishes = {}): Buffer {
  return signImage(ipxeImage(endpoint, wishes), db)
}

/** A copy with one bit of one byte changed. */
export function flipped(bytes: Uint8Array, offset: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[offset] = (copy[offset] ?? 0) ^ 1
  return copy
}
