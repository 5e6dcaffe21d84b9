import type { Certificate } from '../certificate.ts'
import type { PeImage } from '../pe.ts'
import type { IpxeReport, TrustVerdict } from '../report.ts'
import { findCertificates } from './embedded-certificates.ts'
import { readRootTable } from './root-table.ts'
import { findScripts } from './script.ts'
import { isTrustedRoot, judgeTrust, type TrustStore } from './trust.ts'
import { findVersion } from './version.ts'

export interface IpxeFacts {
  readonly report: IpxeReport
  /** Judges a certificate that a server shows. */
  readonly judge: (served: Certificate) => TrustVerdict
}

/**
 * What an iPXE build carries, found in its EFI binary, which is not compressed (only the BIOS formats
 * and option ROMs are). Undefined when it is no iPXE. `bytes` without the certificate table, whose
 * certificates are the signer's and none of iPXE's.
 */
export function ipxeFacts(bytes: Buffer, image: PeImage): IpxeFacts | undefined {
  const text = bytes.toString('latin1')
  // Every build with script support holds the magic; every build holds its product name.
  if (!text.includes('#!ipxe') && !text.includes('\0iPXE\0')) return undefined
  const certificates = findCertificates(bytes)
  const store: TrustStore = {
    roots: readRootTable(bytes, image),
    certificates,
    holds: (fingerprint) => bytes.includes(Buffer.from(fingerprint, 'hex')),
  }
  return {
    report: {
      version: findVersion(text),
      // The name of the URI scheme, which an opener is registered under only when HTTPS is compiled in.
      https: text.includes('https\0'),
      scripts: findScripts(text),
      certificates: certificates.map(({ report }) => ({
        ...report,
        trusted: isTrustedRoot(store, report.sha256),
      })),
      trustedRoots: store.roots,
    },
    judge: (served) => judgeTrust(store, served),
  }
}
