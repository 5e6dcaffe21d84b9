import type { Architecture } from '../../proxydhcp/types.ts'
import type { DigestAlgorithm } from './authenticode-digest.ts'
import type { CertificateReport } from './certificate.ts'
import type { EmbeddedCertificate } from './ipxe/embedded-certificates.ts'
import type { EmbeddedScript } from './ipxe/script.ts'
import type { ForeignKind } from './kind.ts'
import type { SignatureReport } from './signature.ts'

/** Raised whenever a field changes its meaning or goes. */
export const reportSchema = 'emf-pxe/artifact/1'

/**
 * Everything that can be said of a boot file from its bytes alone; JSON-able. Digests and fingerprints
 * are lower-case hexadecimal, times milliseconds since 1970. Text from the file is not yet escaped.
 */
export interface ArtifactReport {
  readonly schema: typeof reportSchema
  readonly sizeBytes: number
  /** Of the whole file. */
  readonly sha256: string
  /** Undefined: not a PE image; `foreign` says what it is. */
  readonly image: ImageReport | undefined
  readonly foreign: ForeignKind | undefined
  readonly authenticode: AuthenticodeReport | undefined
  readonly ipxe: IpxeReport | undefined
  /** The certificate that the endpoint serves, when it was given. */
  readonly served: ServedReport | undefined
}

export interface ImageReport {
  readonly format: 'PE32' | 'PE32+'
  readonly machine: string
  readonly architecture: Architecture | undefined
  readonly subsystem: string
  readonly efiApplication: boolean
  /** Shortest file that holds all the headers speak of; more than `sizeBytes`: the file was cut short. */
  readonly neededBytes: number
  readonly sections: readonly {
    readonly name: string
    readonly fileOffset: number
    readonly sizeBytes: number
  }[]
}

export interface AuthenticodeReport {
  /** What a signature over this file covers; undefined for a file that was cut short. */
  readonly digests: Readonly<Partial<Record<DigestAlgorithm, string>>>
  /** One per entry of the certificate table; empty when unsigned. */
  readonly signatures: readonly SignatureReport[]
  /** Why the certificate table could not be read. */
  readonly problem: string | undefined
  /** The db certificates that were given to check against. */
  readonly db: readonly CertificateReport[]
}

export interface IpxeReport {
  readonly version: string | undefined
  /** Can it fetch over HTTPS at all? Stock builds often cannot. */
  readonly https: boolean
  readonly scripts: readonly EmbeddedScript[]
  readonly certificates: readonly (EmbeddedCertificate & { readonly trusted: boolean })[]
  /** Fingerprints of all trusted roots; undefined when the table could not be made out. */
  readonly trustedRoots: readonly string[] | undefined
}

/**
 * `trusted`: iPXE accepts this certificate, itself or through a trusted issuer. `untrusted`: it does
 * not. `unknown`: the file does not tell, because no root was found in it or an intermediate may help.
 */
export type TrustVerdict = 'trusted' | 'untrusted' | 'unknown'

export interface ServedReport extends CertificateReport {
  readonly trust: TrustVerdict
}
