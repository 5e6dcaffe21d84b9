import { randomBytes, webcrypto } from 'node:crypto'
import { Integer, Utf8String } from 'asn1js'
import {
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  Extension,
  GeneralName,
  GeneralNames,
  RelativeDistinguishedNames,
} from 'pkijs'
import { sha256Of } from '../artifact/sha256.ts'

/** A certificate and its key, ready for a TLS server. */
export interface Identity {
  readonly certificatePem: string
  readonly keyPem: string
  readonly der: Buffer
  /** SHA-256 of the DER, lower-case hexadecimal. */
  readonly sha256: string
  readonly commonName: string
  readonly keys: webcrypto.CryptoKeyPair
}

export interface IdentityRequest {
  readonly commonName: string
  /** Subject alternative names (DNS); default: the common name. */
  readonly names?: readonly string[]
  /** Who signs; default: it signs itself. */
  readonly issuer?: Identity
  readonly isAuthority?: boolean
  readonly validFromMs?: number
  readonly validUntilMs?: number
  /** Default RSA 2048; iPXE knows elliptic curves only since 2025, and P-521 not at all. */
  readonly key?: KeyKind
}

export type KeyKind = 'RSA 2048' | 'EC P-256' | 'EC P-521'

const day = 86_400_000
const oids = { commonName: '2.5.4.3', basicConstraints: '2.5.29.19', alternativeNames: '2.5.29.17' }

/** Makes a key and a certificate for it, as the orchestrator's certificate manager does. */
export async function makeIdentity(request: IdentityRequest): Promise<Identity> {
  const keys = await makeKeys(request.key ?? 'RSA 2048')
  const certificate = new Certificate()
  certificate.version = 2
  certificate.serialNumber = new Integer({ valueHex: serialNumber() })
  certificate.subject = commonName(request.commonName)
  certificate.issuer = commonName(request.issuer?.commonName ?? request.commonName)
  certificate.notBefore.value = new Date(request.validFromMs ?? Date.now() - day)
  certificate.notAfter.value = new Date(request.validUntilMs ?? Date.now() + 365 * day)
  certificate.extensions = extensions(request)
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey)
  await certificate.sign(request.issuer?.keys.privateKey ?? keys.privateKey, 'SHA-256')
  const der = Buffer.from(certificate.toSchema(true).toBER(false))
  return {
    certificatePem: pem('CERTIFICATE', der),
    keyPem: pem('PRIVATE KEY', Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))),
    der,
    sha256: sha256Of(der),
    commonName: request.commonName,
    keys,
  }
}

async function makeKeys(kind: KeyKind): Promise<webcrypto.CryptoKeyPair> {
  if (kind !== 'RSA 2048') {
    const elliptic = { name: 'ECDSA', namedCurve: kind.slice('EC '.length) }
    return webcrypto.subtle.generateKey(elliptic, true, ['sign', 'verify'])
  }
  const rsa = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, hash: 'SHA-256' }
  const publicExponent = new Uint8Array([1, 0, 1])
  return webcrypto.subtle.generateKey({ ...rsa, publicExponent }, true, ['sign', 'verify'])
}

/** 16 random bytes, positive (RFC 5280 §4.1.2.2). */
function serialNumber(): ArrayBuffer {
  const bytes = new Uint8Array(randomBytes(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.buffer
}

function commonName(name: string): RelativeDistinguishedNames {
  const value = new Utf8String({ value: name })
  return new RelativeDistinguishedNames({
    typesAndValues: [new AttributeTypeAndValue({ type: oids.commonName, value })],
  })
}

function extensions(request: IdentityRequest): Extension[] {
  const selfSigned = request.issuer === undefined
  const constraints = new BasicConstraints({ cA: request.isAuthority ?? selfSigned })
  const made = [extension(oids.basicConstraints, true, constraints.toSchema().toBER(false))]
  if (request.isAuthority === true) return made
  const names = (request.names ?? [request.commonName]).map(generalName)
  const alternatives = new GeneralNames({ names })
  return [...made, extension(oids.alternativeNames, false, alternatives.toSchema().toBER(false))]
}

function extension(extnID: string, critical: boolean, extnValue: ArrayBuffer): Extension {
  return new Extension({ extnID, critical, extnValue })
}

function generalName(name: string): GeneralName {
  return new GeneralName({ type: 2, value: name })
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
