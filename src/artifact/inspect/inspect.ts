import { sha256Of } from '../sha256.ts'
import { authenticodeDigest, type DigestAlgorithm } from './authenticode-digest.ts'
import { readCertificate } from './certificate.ts'
import { type IpxeFacts, ipxeFacts } from './ipxe/facts.ts'
import { foreignKind } from './kind.ts'
import { efiApplication, machineArchitecture, machineName, subsystemName } from './machine.ts'
import { type PeImage, readPe } from './pe.ts'
import type { ArtifactReport, AuthenticodeReport, ImageReport, ServedReport } from './report.ts'
import { reportSchema } from './report.ts'
import { checkSignature, type FileDigest } from './signature.ts'
import { readCertificateTable } from './win-certificate.ts'

export interface InspectContext {
  /** DER of the Secure Boot db certificates that should vouch for the signer (`keys/db.der`). */
  readonly dbCertificates?: readonly Uint8Array[]
  /** DER of the certificate that the endpoint serves today. */
  readonly servedCertificate?: Uint8Array
}

/** Says all there is to say of a boot file. Pure; never throws on any bytes. */
export function inspect(file: Uint8Array, context: InspectContext = {}): ArtifactReport {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const pe = readPe(bytes)
  const image = pe.ok ? pe.value : undefined
  const ipxe = image === undefined ? undefined : ipxeFacts(withoutSignatures(bytes, image), image)
  return {
    schema: reportSchema,
    sizeBytes: bytes.length,
    sha256: sha256Of(bytes),
    image: image === undefined ? undefined : imageReport(image),
    foreign: pe.ok ? undefined : foreignOf(bytes, pe.problem, pe.detail),
    authenticode:
      image === undefined ? undefined : authenticodeReport(bytes, image, context.dbCertificates ?? []),
    ipxe: ipxe?.report,
    served: servedReport(context.servedCertificate, ipxe),
  }
}

function imageReport(image: PeImage): ImageReport {
  return {
    format: image.format,
    machine: machineName(image.machine),
    architecture: machineArchitecture(image.machine),
    subsystem: subsystemName(image.subsystem),
    efiApplication: image.subsystem === efiApplication,
    neededBytes: image.neededBytes,
    sections: image.sections.map(({ name, fileOffset, sizeBytes }) => ({ name, fileOffset, sizeBytes })),
  }
}

function foreignOf(bytes: Buffer, problem: string, detail: string): ArtifactReport['foreign'] {
  return problem === 'bad-pe-header'
    ? { kind: 'other', description: `a damaged PE image: ${detail}` }
    : foreignKind(bytes)
}

function authenticodeReport(bytes: Buffer, image: PeImage, dbDer: readonly Uint8Array[]): AuthenticodeReport {
  const digests: Partial<Record<DigestAlgorithm, string>> = {}
  const fileDigest: FileDigest = (algorithm) => {
    const known = digests[algorithm]
    if (known !== undefined) return { hex: known }
    const computed = authenticodeDigest(bytes, image, algorithm)
    if (!computed.ok) return { problem: computed.detail }
    digests[algorithm] = computed.value
    return { hex: computed.value }
  }
  fileDigest('sha256')
  const db = dbDer.map(readCertificate).filter((found) => found !== undefined)
  const table = readCertificateTable(bytes, image)
  const signatures = table.ok ? table.value.map((entry) => checkSignature(entry, fileDigest, db)) : []
  return {
    digests,
    signatures,
    problem: table.ok ? undefined : table.detail,
    db: db.map(({ report }) => report),
  }
}

function servedReport(served: Uint8Array | undefined, ipxe: IpxeFacts | undefined): ServedReport | undefined {
  const certificate = served === undefined ? undefined : readCertificate(served)
  if (certificate === undefined) return undefined
  return { ...certificate.report, trust: ipxe?.judge(certificate) ?? 'unknown' }
}

function withoutSignatures(bytes: Buffer, image: PeImage): Buffer {
  const { fileOffset, sizeBytes } = image.certificateTable
  return sizeBytes === 0 ? bytes : bytes.subarray(0, fileOffset)
}
