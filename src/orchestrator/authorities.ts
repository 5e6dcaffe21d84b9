import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import tls, { type SecureContext } from 'node:tls'
import { readWhole } from '../config/read-whole.ts'
import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import { pemCertificates } from './certificate.ts'

/** Whose certificates are believed. There is no way to say “anybody’s”. */
export interface TrustPolicy {
  /** PEM certificates believed besides the system's and Node's own. */
  readonly extraAuthorities: readonly string[]
  /** SHA-256 (64 hexadecimal digits) of the one certificate accepted; authorities then do not count. */
  readonly pinnedSha256?: string
}

/**
 * The system's authorities, those that come with Node, and NODE_EXTRA_CA_CERTS. Node's own are
 * needed in containers without a certificate store; the system's hold a company's private CA.
 */
function wellKnownAuthorities(): string[] {
  return [
    ...new Set([
      ...systemAuthorities(),
      ...tls.getCACertificates('bundled'),
      ...tls.getCACertificates('extra'),
    ]),
  ]
}

/** Asked for a store that is not there, as on a minimal Debian, Node complains in the middle of a screen. */
function systemAuthorities(): string[] {
  const { SSL_CERT_DIR = '/etc/ssl/certs', SSL_CERT_FILE = '/etc/ssl/cert.pem' } = process.env
  return [SSL_CERT_DIR, SSL_CERT_FILE].some((place) => existsSync(place))
    ? tls.getCACertificates('system')
    : []
}

const contexts = new Map<string, SecureContext>()

/** A TLS context for a policy; building one costs about 12 ms, so each is kept. */
export function secureContext(policy: TrustPolicy): SecureContext {
  const key = policy.extraAuthorities.join('\n')
  let context = contexts.get(key)
  if (context === undefined) {
    context = tls.createSecureContext({ ca: [...wellKnownAuthorities(), ...policy.extraAuthorities] })
    if (contexts.size >= 16) contexts.clear()
    contexts.set(key, context)
  }
  return context
}

/** The store of a whole distribution has a quarter of it. */
const mostAuthoritiesBytes = 1 << 20

/** The certificates of a `--ca-file`. @throws EmfPxeError CA_FILE_UNREADABLE, CA_FILE_INVALID, FILE_TOO_LARGE */
export async function readAuthorities(path: string): Promise<string[]> {
  const bytes = await readWhole(path, mostAuthoritiesBytes).catch((cause: NodeJS.ErrnoException) => {
    if (cause instanceof EmfPxeError) throw cause
    throw new EmfPxeError('CA_FILE_UNREADABLE', {
      message: `${escapeText(path)}: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.code}`,
      hint: `ls -l ${escapeText(path)}`,
      cause,
    })
  })
  const text = bytes.toString('utf8')
  const certificates = pemCertificates(text)
  if (certificates.length === 0 || !certificates.every(isCertificate)) throw invalidFile(path, text)
  return certificates
}

export function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}

function invalidFile(path: string, text: string): EmfPxeError {
  const seen = /PRIVATE KEY-----/.test(text)
    ? 'it holds a private key'
    : text.includes('\0') || text.includes('\uFFFD')
      ? 'it is a binary file, perhaps DER'
      : 'no readable PEM certificate is in it'
  return new EmfPxeError('CA_FILE_INVALID', {
    message: `${escapeText(path)}: ${seen}; wanted a PEM file with “-----BEGIN CERTIFICATE-----”`,
    hint: `openssl x509 -inform der -in ${escapeText(path)} -out ca.pem`,
  })
}
