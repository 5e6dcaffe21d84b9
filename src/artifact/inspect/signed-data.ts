import { type Decoded, decoded, malformed } from '../../wire/decoded.ts'
import type { DigestAlgorithm } from './authenticode-digest.ts'
import { contextChild, type DerElement, readDer, universalTag } from './der.ts'

/*
 * What an Authenticode signature is made of (PKCS#7 1.5, RFC 2315 §9; RFC 5652 for the later names):
 *
 *   ContentInfo { signedData, [0] SignedData { version, digestAlgorithms,
 *       ContentInfo { SPC_INDIRECT_DATA, [0] SpcIndirectDataContent { data, DigestInfo { algorithm, digest } } },
 *       [0] certificates, [1] crls, SET OF SignerInfo { version, issuer and serial number, digest algorithm,
 *           [0] signed attributes, signature algorithm, signature, [1] other attributes } } }
 */
const oid = {
  signedData: '1.2.840.113549.1.7.2',
  spcIndirectData: '1.3.6.1.4.1.311.2.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
} as const

const digestAlgorithms: Readonly<Record<string, DigestAlgorithm>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

export interface SignedData {
  /** What the signer says the image's digest is. */
  readonly image: { readonly algorithm: DigestAlgorithm; readonly digest: Buffer }
  /** The bytes whose digest the messageDigest attribute holds: the content without its outer header. */
  readonly content: Uint8Array
  /** DER, in the order found. */
  readonly certificates: readonly Buffer[]
  readonly signer: SignerInfo
}

export interface SignerInfo {
  readonly algorithm: DigestAlgorithm
  /** DER of the issuer's name, and the serial number's bytes: how the certificate is named. */
  readonly issuer: Buffer
  readonly serialNumber: Buffer
  /** Undefined: the signature is over the content itself. */
  readonly attributes: SignedAttributes | undefined
  readonly signatureAlgorithm: string
  readonly signature: Buffer
}

export interface SignedAttributes {
  /** As signed: encoded as a SET OF, not with the [0] they are stored under (RFC 2315 §9.3). */
  readonly signedBytes: Buffer
  readonly messageDigest: Buffer | undefined
  /** Dotted form. */
  readonly contentType: string | undefined
}

/** Real signatures take 2 to 20 kB. */
const mostBytes = 1 << 20

/** Reads the data of one WIN_CERTIFICATE. Problems: `bad-der`, `not-signed-data`, `not-authenticode`, `unknown-digest`. */
export function readSignedData(bytes: Uint8Array): Decoded<SignedData> {
  if (bytes.length > mostBytes) return malformed('not-signed-data', `a signature of ${bytes.length} bytes`)
  const outer = readDer(bytes)
  if (!outer.ok) return outer
  const [type, wrapper] = outer.value.children
  const signedData = wrapper?.children[0]
  if (type?.oid !== oid.signedData || signedData === undefined) {
    return malformed('not-signed-data', `content type ${type?.oid ?? 'absent'}, wanted ${oid.signedData}`)
  }
  return readParts(signedData)
}

function readParts(signedData: DerElement): Decoded<SignedData> {
  const [contentType, wrapped] = signedData.children[2]?.children ?? []
  const content = wrapped?.children[0]
  if (contentType?.oid !== oid.spcIndirectData || content === undefined) {
    return malformed(
      'not-authenticode',
      `content type ${contentType?.oid ?? 'absent'}, wanted ${oid.spcIndirectData}`,
    )
  }
  const image = readImageDigest(content)
  if (!image.ok) return image
  const signers = signedData.children.at(-1)?.children ?? []
  const [first] = signers
  if (signers.length !== 1 || first === undefined) {
    return malformed('not-authenticode', `${signers.length} signers, Authenticode has exactly one`)
  }
  const signer = readSigner(first)
  if (!signer.ok) return signer
  const certificates = (contextChild(signedData, 0)?.children ?? []).map((child) => Buffer.from(child.bytes))
  return decoded({ image: image.value, content: content.content, certificates, signer: signer.value })
}

function readImageDigest(content: DerElement): Decoded<SignedData['image']> {
  const [algorithm, digest] = content.children[1]?.children ?? []
  const known = digestAlgorithm(algorithm)
  if (known === undefined) return unknownDigest(algorithm)
  if (digest?.tag !== universalTag.octetString) return malformed('not-authenticode', 'no image digest')
  return decoded({ algorithm: known, digest: Buffer.from(digest.content) })
}

function readSigner(signer: DerElement): Decoded<SignerInfo> {
  const [, name, algorithm, ...rest] = signer.children
  const attributes = rest[0]?.tagClass === 'context' ? rest.shift() : undefined
  const [signatureAlgorithm, signature] = rest
  const [issuer, serialNumber] = name?.children ?? []
  const known = digestAlgorithm(algorithm)
  if (known === undefined) return unknownDigest(algorithm)
  if (!issuer || !serialNumber || signature?.tag !== universalTag.octetString) {
    return malformed('not-authenticode', 'the signer has no issuer, serial number or signature')
  }
  return decoded({
    algorithm: known,
    issuer: Buffer.from(issuer.bytes),
    serialNumber: Buffer.from(serialNumber.content),
    attributes: attributes === undefined ? undefined : readAttributes(attributes),
    signatureAlgorithm: signatureAlgorithm?.children[0]?.oid ?? '',
    signature: Buffer.from(signature.content),
  })
}

function readAttributes(attributes: DerElement): SignedAttributes {
  const signedBytes = Buffer.from(attributes.bytes)
  signedBytes[0] = 0x31 // SET OF, constructed
  const digest = attributeValue(attributes, oid.messageDigest)
  return {
    signedBytes,
    messageDigest: digest === undefined ? undefined : Buffer.from(digest.content),
    contentType: attributeValue(attributes, oid.contentType)?.oid,
  }
}

function attributeValue(attributes: DerElement, type: string): DerElement | undefined {
  return attributes.children.find((attribute) => attribute.children[0]?.oid === type)?.children[1]
    ?.children[0]
}

function digestAlgorithm(identifier: DerElement | undefined): DigestAlgorithm | undefined {
  return digestAlgorithms[identifier?.children[0]?.oid ?? '']
}

function unknownDigest(identifier: DerElement | undefined): Decoded<never> {
  const seen = identifier?.children[0]?.oid ?? 'absent'
  return malformed('unknown-digest', `digest algorithm ${seen}, wanted SHA-1, SHA-256, SHA-384 or SHA-512`)
}
