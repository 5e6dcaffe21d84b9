import type { Certificate } from '../certificate.ts'
import { issued } from '../chain.ts'
import type { TrustVerdict } from '../report.ts'
import { ipxeProjectRoot } from './root-table.ts'

/** What one iPXE build trusts. */
export interface TrustStore {
  /** The table of root fingerprints, when it could be made out. */
  readonly roots: readonly string[] | undefined
  readonly certificates: readonly Certificate[]
  /** Is this fingerprint, 32 raw bytes, anywhere in the file? */
  readonly holds: (fingerprint: string) => boolean
}

/** Is a fingerprint one of the trusted roots? Without the table, its 32 bytes in the file count. */
export function isTrustedRoot(store: TrustStore, fingerprint: string): boolean {
  return store.roots?.includes(fingerprint) ?? store.holds(fingerprint)
}

/**
 * Will iPXE accept a server that shows `served`? Only a self-signed certificate can be refused for
 * sure: any other may be reached through an intermediate that the server sends along.
 */
export function judgeTrust(store: TrustStore, served: Certificate): TrustVerdict {
  if (isTrustedRoot(store, served.report.sha256)) return 'trusted'
  const authorities = store.certificates.filter(({ report }) => isTrustedRoot(store, report.sha256))
  if (authorities.some((authority) => issued(authority, served))) return 'trusted'
  const knowsRoots = authorities.length > 0 || store.roots !== undefined || store.holds(ipxeProjectRoot)
  return knowsRoots && served.report.selfSigned ? 'untrusted' : 'unknown'
}
