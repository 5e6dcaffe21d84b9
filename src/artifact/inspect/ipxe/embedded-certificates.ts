import { type Certificate, type CertificateReport, readCertificate } from '../certificate.ts'

export interface EmbeddedCertificate extends CertificateReport {
  /** Where it begins in the file. */
  readonly offset: number
}

export interface FoundCertificate extends Certificate {
  readonly report: EmbeddedCertificate
}

const mostCertificates = 256
const mostAttempts = 4096

/**
 * X.509 version 3 certificates that lie in the file as plain DER, as CERT= and TRUST= put them
 * there (src/crypto/certstore.c). Looked for by their first bytes, 30 82 xx xx 30 8y …
 * a0 03 02 01 02 02 (RFC 5280 §4.1); each find is then parsed by the platform.
 */
export function findCertificates(bytes: Buffer): readonly FoundCertificate[] {
  const found: FoundCertificate[] = []
  let attempts = 0
  for (let at = bytes.indexOf(versionMark); at !== -1; at = bytes.indexOf(versionMark, at + 1)) {
    const start = startBefore(bytes, at)
    if (start === undefined) continue
    if (++attempts > mostAttempts || found.length === mostCertificates) break
    const der = bytes.subarray(start, start + 4 + bytes.readUInt16BE(start + 2))
    const certificate = readCertificate(der)
    if (certificate === undefined) continue
    found.push({ ...certificate, report: { ...certificate.report, offset: start } })
  }
  return found
}

// [0] EXPLICIT version 3, then the INTEGER tag of the serial number.
const versionMark = Buffer.from('a003020102' + '02', 'hex')

/** The outer SEQUENCE has a two-byte length; the inner one a one- or two-byte length. */
function startBefore(bytes: Buffer, versionAt: number): number | undefined {
  for (const innerHeader of [4, 3]) {
    const inner = versionAt - innerHeader
    const start = inner - 4
    if (start < 0) continue
    const innerMark = innerHeader === 4 ? 0x3082 : 0x3081
    if (bytes.readUInt16BE(start) === 0x3082 && bytes.readUInt16BE(inner) === innerMark) return start
  }
  return undefined
}
