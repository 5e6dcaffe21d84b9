import { X509Certificate } from 'node:crypto'
import { type CertificateFacts, certificateFacts } from '../../orchestrator/certificate.ts'

/** What is said of a certificate in a report: all but its bytes. Names are not yet escaped. */
export type CertificateReport = Omit<CertificateFacts, 'der'>

/** A certificate for computing with, and what to say of it. */
export interface Certificate {
  readonly x509: X509Certificate
  readonly report: CertificateReport
}

/** Undefined when the bytes are no certificate that the platform can read. */
export function readCertificate(der: Uint8Array): Certificate | undefined {
  try {
    const x509 = new X509Certificate(der)
    const { der: _, ...report } = certificateFacts(x509.raw)
    return { x509, report }
  } catch {
    return undefined
  }
}
