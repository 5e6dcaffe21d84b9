import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'

/** What a person or a check needs to know of one certificate. */
export interface CertificateFacts {
  /** `CN=edge.example.com, O=Example`, most specific part first. */
  readonly subject: string
  readonly issuer: string
  /** DNS names and IP addresses it is valid for (RFC 5280 §4.2.1.6). */
  readonly names: readonly string[]
  readonly selfSigned: boolean
  /** SHA-256 of the DER, 64 lower-case hexadecimal digits. */
  readonly sha256: string
  readonly validFromMs: number
  readonly validUntilMs: number
  /** `RSA 3072`, `EC prime256v1`. */
  readonly key: string
  /** As OpenSSL names it: `sha256WithRSAEncryption`. */
  readonly signatureAlgorithm: string
  readonly der: Buffer
}

/** Reads a certificate from DER or PEM; throws Node's own error when it is neither. */
export function certificateFacts(bytes: Buffer | string): CertificateFacts {
  const certificate = new X509Certificate(bytes)
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: subjectNames(certificate.subjectAltName),
    selfSigned: certificate.checkIssued(certificate),
    sha256: normalFingerprint(certificate.fingerprint256),
    validFromMs: certificate.validFromDate.getTime(),
    validUntilMs: certificate.validToDate.getTime(),
    key: describeKey(certificate),
    signatureAlgorithm: certificate.signatureAlgorithm ?? 'unknown',
    der: certificate.raw,
  }
}

/** Whether the certificate is for this host name or IP address (RFC 9525). */
export function isForHost(facts: CertificateFacts, host: string): boolean {
  const certificate = new X509Certificate(facts.der)
  return (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined
}

const pemBegin = '-----BEGIN CERTIFICATE-----'
const pemEnd = '-----END CERTIFICATE-----'

/** All certificates of a PEM text, in order; text around them is ignored, as OpenSSL does. */
export function pemCertificates(text: string): string[] {
  const found: string[] = []
  // Not a regular expression: one that looks for the end from every beginning takes 4 s for 256 kB, and four times
  // as long for twice as much.
  for (let begin = text.indexOf(pemBegin); begin >= 0; ) {
    const end = text.indexOf(pemEnd, begin + pemBegin.length)
    if (end < 0) break
    found.push(text.slice(begin, end + pemEnd.length))
    begin = text.indexOf(pemBegin, end + pemEnd.length)
  }
  return found
}

/** 64 lower-case hexadecimal digits, whatever colons, spaces and capitals were given. */
export function normalFingerprint(text: string): string {
  return text.replaceAll(/[:\s]/g, '').toLowerCase()
}

/** `3F:9C:…`, as OpenSSL, browsers and people compare it. */
export function displayFingerprint(sha256: string): string {
  return (normalFingerprint(sha256).toUpperCase().match(/../g) ?? []).join(':')
}

/** OpenSSL lists the parts on lines of their own, least specific first. */
function oneLine(distinguishedName: string | undefined): string {
  return (distinguishedName ?? '').split('\n').filter(Boolean).reverse().join(', ')
}

function subjectNames(alternative: string | undefined): string[] {
  return (alternative ?? '')
    .split(', ')
    .filter((name) => name.startsWith('DNS:') || name.startsWith('IP Address:'))
    .map((name) => name.slice(name.indexOf(':') + 1))
}

function describeKey(certificate: X509Certificate): string {
  const key = publicKeyOf(certificate)
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key ?? {}
  if (type === 'rsa') return `RSA ${details?.modulusLength ?? ''}`.trim()
  if (type === 'ec') return `EC ${details?.namedCurve ?? ''}`.trim()
  return type ?? 'unknown'
}

/** Node throws for a key of a kind that it has no name for. */
function publicKeyOf(certificate: X509Certificate): X509Certificate['publicKey'] | undefined {
  try {
    return certificate.publicKey
  } catch {
    return undefined
  }
}
