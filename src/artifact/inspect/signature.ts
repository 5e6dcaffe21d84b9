import { createHash, type KeyObject, verify } from 'node:crypto'
import type { DigestAlgorithm } from './authenticode-digest.ts'
import { type Certificate, type CertificateReport, readCertificate } from './certificate.ts'
import { anchorOf, chainFrom } from './chain.ts'
import { readDer } from './der.ts'
import { readSignedData, type SignedData } from './signed-data.ts'
import { pkcsSignedData, type WinCertificate } from './win-certificate.ts'

export interface SignatureReport {
  /**
   * `valid`: the signature holds and covers this very file. `altered`: it holds for other bytes.
   * `invalid`: the signature itself does not hold. `unreadable`, `unsupported`: could not be judged.
   */
  readonly status: 'valid' | 'altered' | 'invalid' | 'unreadable' | 'unsupported'
  /** What was seen, in one sentence; foreign text in it is not yet escaped. */
  readonly detail: string
  readonly digestAlgorithm?: DigestAlgorithm
  /** What the signer signed, hexadecimal. */
  readonly signedDigest?: string
  /** What this file has, hexadecimal. */
  readonly fileDigest?: string
  readonly signer?: CertificateReport
  /** Issuers found in the signature, nearest first. Dates are shown; firmware ignores them. */
  readonly issuers?: readonly CertificateReport[]
  /** SHA-256 of the given db certificate that vouches for the signer. */
  readonly trustedBy?: string
}

/** The file's own digest by algorithm, or the sentence that says why there is none. */
export type FileDigest = (
  algorithm: DigestAlgorithm,
) => { readonly hex: string } | { readonly problem: string }

/** Judges one entry of the certificate table. `db`: certificates to look for above the signer. */
export function checkSignature(
  entry: WinCertificate,
  fileDigest: FileDigest,
  db: readonly Certificate[],
): SignatureReport {
  if (entry.type !== pkcsSignedData) {
    return {
      status: 'unsupported',
      detail: `certificate type 0x${entry.type.toString(16)}, wanted PKCS#7 (0x2)`,
    }
  }
  const signedData = readSignedData(entry.data)
  if (!signedData.ok) return { status: 'unreadable', detail: signedData.detail }
  return judge(signedData.value, fileDigest, db)
}

function judge(signed: SignedData, fileDigest: FileDigest, db: readonly Certificate[]): SignatureReport {
  const { algorithm, digest } = signed.image
  const basics = { digestAlgorithm: algorithm, signedDigest: digest.toString('hex') }
  const embedded = signed.certificates.map(readCertificate).filter((found) => found !== undefined)
  const signer = [...embedded, ...db].find((candidate) => isNamedBy(candidate, signed))
  if (signer === undefined) {
    return { status: 'invalid', detail: 'the signer’s certificate is not in the signature', ...basics }
  }
  const chain = chainFrom(signer, embedded)
  const anchor = anchorOf(chain, db)
  const known = {
    ...basics,
    signer: signer.report,
    issuers: chain.slice(1).map(({ report }) => report),
    ...(anchor === undefined ? {} : { trustedBy: anchor.report.sha256 }),
  }
  const flaw = signatureFlaw(signed, signer)
  if (flaw !== undefined) return { ...flaw, ...known }
  const actual = fileDigest(algorithm)
  if ('problem' in actual) return { status: 'altered', detail: actual.problem, ...known }
  return actual.hex === basics.signedDigest
    ? {
        status: 'valid',
        detail: 'the signature holds and covers this file',
        ...known,
        fileDigest: actual.hex,
      }
    : {
        status: 'altered',
        detail: `the signed ${algorithm} digest is ${short(basics.signedDigest)}, this file has ${short(actual.hex)}`,
        ...known,
        fileDigest: actual.hex,
      }
}

function short(hex: string): string {
  return `${hex.slice(0, 16)}…`
}

/** What is wrong with the signature itself, whatever file it is attached to. */
function signatureFlaw(
  signed: SignedData,
  signer: Certificate,
): Pick<SignatureReport, 'status' | 'detail'> | undefined {
  const { attributes, algorithm, signature } = signed.signer
  if (attributes !== undefined) {
    if (attributes.contentType !== undefined && attributes.contentType !== '1.3.6.1.4.1.311.2.1.4') {
      return { status: 'invalid', detail: `the signed content type is ${attributes.contentType}` }
    }
    const contentDigest = createHash(algorithm).update(signed.content).digest()
    if (attributes.messageDigest?.equals(contentDigest) !== true) {
      return { status: 'invalid', detail: 'the signed attributes do not match the signed content' }
    }
  }
  const message = attributes?.signedBytes ?? signed.content
  return verifies(algorithm, message, signer, signature)
}

function verifies(
  algorithm: DigestAlgorithm,
  message: Uint8Array,
  signer: Certificate,
  signature: Buffer,
): Pick<SignatureReport, 'status' | 'detail'> | undefined {
  try {
    const key: KeyObject = signer.x509.publicKey
    if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'ec') {
      return { status: 'unsupported', detail: `signed with a key of type ${key.asymmetricKeyType}` }
    }
    if (verify(algorithm, message, key, signature)) return undefined
    return { status: 'invalid', detail: 'the signature does not verify with the signer’s key' }
  } catch (error) {
    return { status: 'invalid', detail: `the signer’s key cannot be used: ${String(error)}` }
  }
}

/** A SignerInfo names its certificate by issuer and serial number, both compared as encoded. */
function isNamedBy(certificate: Certificate, signed: SignedData): boolean {
  const wanted = signed.signer.serialNumber.toString('hex').replace(/^(00)+/, '')
  const serial = certificate.x509.serialNumber.toLowerCase().replace(/^(00)+/, '')
  return serial === wanted && issuerBytes(certificate)?.equals(signed.signer.issuer) === true
}

/** Certificate { TBSCertificate { [0] version, serialNumber, signature, issuer, … } } (RFC 5280 §4.1). */
function issuerBytes(certificate: Certificate): Buffer | undefined {
  const parsed = readDer(certificate.x509.raw)
  if (!parsed.ok) return undefined
  const fields = parsed.value.children[0]?.children ?? []
  const hasVersion = fields[0]?.tagClass === 'context'
  const issuer = fields[hasVersion ? 3 : 2]
  return issuer === undefined ? undefined : Buffer.from(issuer.bytes)
}
