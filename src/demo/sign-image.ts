import { createHash, createPrivateKey, sign } from 'node:crypto'
import { authenticodeDigest, type DigestAlgorithm } from '../artifact/inspect/authenticode-digest.ts'
import { contextChild, readDer } from '../artifact/inspect/der.ts'
import { type PeImage, readPe } from '../artifact/inspect/pe.ts'
import {
  type Der,
  encode,
  encoded,
  integer,
  noBits,
  nothing,
  octets,
  oid,
  sequence,
  set,
  tagged,
  taggedBytes,
} from './der.ts'

/** Who signs: a private key and the certificate for it. */
export interface ImageSigner {
  readonly keyPem: string
  readonly der: Uint8Array
}

export interface SignOptions {
  readonly algorithm?: DigestAlgorithm
  /** DER of certificates above the signer's, to carry along. */
  readonly issuers?: readonly Uint8Array[]
}

/**
 * Adds an Authenticode signature to an EFI image, after those it has already. Programmer's error, so it
 * throws, when the bytes are no PE image with room for a certificate table.
 */
export function signImage(image: Uint8Array, signer: ImageSigner, options: SignOptions = {}): Buffer {
  const padded = Buffer.concat([image, new Uint8Array(-image.length & 7)])
  const pe = readPe(padded)
  if (!pe.ok || pe.value.certificateEntryOffset === undefined)
    throw new Error('not a PE image that can be signed')
  const algorithm = options.algorithm ?? 'sha256'
  const digest = authenticodeDigest(padded, pe.value, algorithm)
  if (!digest.ok) throw new Error(digest.detail)
  const signature = signedData(Buffer.from(digest.value, 'hex'), algorithm, signer, options.issuers ?? [])
  return appendCertificate(padded, pe.value, pe.value.certificateEntryOffset, signature)
}

/** Signs an image made by `build` so that the signed file has exactly `sizeBytes`; works with RSA keys. */
export function signToSize(
  build: (sizeBytes: number) => Buffer,
  sizeBytes: number,
  signer: ImageSigner,
): Buffer {
  const trial = build(sizeBytes)
  const tableBytes = signImage(trial, signer).length - trial.length
  return signImage(build(sizeBytes - tableBytes), signer)
}

function appendCertificate(image: Buffer, pe: PeImage, entryOffset: number, data: Buffer): Buffer {
  const lengthBytes = data.length + 8
  const entry = Buffer.alloc((lengthBytes + 7) & ~7)
  entry.writeUInt32LE(lengthBytes, 0)
  entry.writeUInt16LE(0x0200, 4) // WIN_CERT_REVISION_2_0
  entry.writeUInt16LE(0x0002, 6) // WIN_CERT_TYPE_PKCS_SIGNED_DATA
  data.copy(entry, 8)
  const signed = Buffer.concat([image, entry])
  const { sizeBytes, fileOffset } = pe.certificateTable
  signed.writeUInt32LE(sizeBytes === 0 ? image.length : fileOffset, entryOffset)
  signed.writeUInt32LE(sizeBytes + entry.length, entryOffset + 4)
  return signed
}

const digestOids: Readonly<Record<DigestAlgorithm, string>> = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
}
const spcIndirectData = '1.3.6.1.4.1.311.2.1.4'
const spcPeImageData = '1.3.6.1.4.1.311.2.1.15'

/** ContentInfo with SignedData (RFC 2315 §9), its content as Authenticode wants it. */
function signedData(
  imageDigest: Buffer,
  algorithm: DigestAlgorithm,
  signer: ImageSigner,
  issuers: readonly Uint8Array[],
): Buffer {
  const hash = () => sequence(oid(digestOids[algorithm]), nothing())
  // The file name field is obsolete, but tools and firmware expect it to be there.
  const file = tagged(0, tagged(2, taggedBytes(0, Buffer.from('<<<Obsolete>>>', 'utf16le').swap16())))
  const content = sequence(
    sequence(oid(spcPeImageData), sequence(noBits(), file)),
    sequence(hash(), octets(imageDigest)),
  )
  return encode(
    sequence(
      oid('1.2.840.113549.1.7.2'),
      tagged(
        0,
        sequence(
          integer(1),
          set(hash()),
          sequence(oid(spcIndirectData), tagged(0, content)),
          tagged(0, ...[signer.der, ...issuers].map(encoded)),
          set(signerInfo(content, algorithm, hash, signer)),
        ),
      ),
    ),
  )
}

function signerInfo(content: Der, algorithm: DigestAlgorithm, hash: () => Der, signer: ImageSigner): Der {
  const inner = readDer(encode(content))
  if (!inner.ok) throw new Error(inner.detail)
  const messageDigest = createHash(algorithm).update(inner.value.content).digest()
  const attributes = [
    sequence(oid('1.2.840.113549.1.9.3'), set(oid(spcIndirectData))),
    sequence(oid('1.2.840.113549.1.9.4'), set(octets(messageDigest))),
  ]
  const key = createPrivateKey(signer.keyPem)
  const signature = sign(algorithm, encode(set(...attributes)), key)
  const keyAlgorithm =
    key.asymmetricKeyType === 'rsa'
      ? sequence(oid('1.2.840.113549.1.1.1'), nothing())
      : sequence(oid('1.2.840.10045.4.3.2'))
  return sequence(
    integer(1),
    issuerAndSerialNumber(signer.der),
    hash(),
    tagged(0, ...attributes),
    keyAlgorithm,
    octets(signature),
  )
}

/** Copied from the certificate as encoded there, since it is compared byte by byte. */
function issuerAndSerialNumber(certificate: Uint8Array): Der {
  const parsed = readDer(certificate)
  const body = parsed.ok ? parsed.value.children[0] : undefined
  if (body === undefined) throw new Error('not a certificate')
  const [serialNumber, , issuer] = body.children.slice(contextChild(body, 0) === undefined ? 0 : 1)
  if (serialNumber === undefined || issuer === undefined) throw new Error('not a certificate')
  return sequence(encoded(issuer.bytes), encoded(serialNumber.bytes))
}
