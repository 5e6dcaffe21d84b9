import { createHash, X509Certificate } from 'node:crypto'

/** What people ask of a certificate. Dates are milliseconds since 1970; names are not yet escaped. */
export interface CertificateFacts {
  readonly subject: string
  readonly issuer: string
  /** Hexadecimal. */
  readonly serialNumber: string
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** SHA-256 over the DER, 64 lower-case hexadecimal digits. */
  readonly fingerprint: string
  /** Such as `RSA 3072` or `EC prime256v1`. */
  readonly key: string
}

/** Undefined when the bytes are no certificate. */
export function parseCertificate(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(der)
  } catch {
    return undefined
  }
}

export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    serialNumber: certificate.serialNumber.toLowerCase(),
    notBeforeMs: Date.parse(certificate.validFrom),
    notAfterMs: Date.parse(certificate.validTo),
    fingerprint: fingerprintOf(certificate.raw),
    key: describeKey(certificate),
  }
}

/** SHA-256 over the DER: what iPXE compares, what `openssl x509 -fingerprint -sha256` prints. */
export function fingerprintOf(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex')
}

/** Node gives one attribute a line: `C=US\nCN=name`. An empty subject is legal and comes as undefined. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').filter(Boolean).join(', ')
}

function describeKey(certificate: X509Certificate): string {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey
    const detail = asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve ?? ''
    return `${(asymmetricKeyType ?? 'unknown').toUpperCase()} ${detail}`.trim()
  } catch {
    return 'unknown'
  }
}
