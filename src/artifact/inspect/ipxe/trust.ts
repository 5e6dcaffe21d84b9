import type { X509Certificate } from 'node:crypto'
import { fingerprintOf, parseCertificate } from '../certificate.ts'
import { issued } from '../chain.ts'
import type { TrustVerdict } from '../report.ts'
import type { FoundCertificate } from './embedded-certificates.ts'
import { ipxeProjectRoot } from './root-table.ts'

/** What one iPXE build trusts. */
export interface TrustStore {
  /** The table of root fingerprints, when it could be made out. */
  readonly roots: readonly string[] | undefined
  readonly certificates: readonly FoundCertificate[]
  /** Is this fingerprint, 32 raw bytes, anywhere in the file? */
  readonly holds: (fingerprint: string) => boolean
}

/** Is a fingerprint one of the trusted roots? Without the table, its 32 bytes in the file count. */
export function isTrustedRoot(store: TrustStore, fingerprint: string): boolean {
  return store.roots?.includes(fingerprint) ?? store.holds(fingerprint)
}

/** Will iPXE accept a server that shows `served`? */
export function judgeTrust(store: TrustStore, served: X509Certificate): TrustVerdict {
  if (isTrustedRoot(store, fingerprintOf(served.raw))) return 'trusted'
  const authorities = store.certificates.filter(({ facts }) => isTrustedRoot(store, facts.fingerprint))
  const issuer = authorities
    .map(({ der }) => parseCertificate(der))
    .find((root) => root && issued(root, served))
  if (issuer !== undefined) return 'trusted'
  const isSelfSigned = served.subject === served.issuer
  const roots = store.roots ?? authorities.map(({ facts }) => facts.fingerprint)
  const ownRoots = roots.filter((root) => root !== ipxeProjectRoot)
  // The project's root cross-signs public authorities on demand; a root known by fingerprint alone may
  // have issued anything but a self-signed certificate.
  if (ownRoots.length === 0) return 'unknown'
  return isSelfSigned || ownRoots.length === authorities.length ? 'untrusted' : 'unknown'
}
