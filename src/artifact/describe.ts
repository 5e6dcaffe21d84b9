import { displayFingerprint } from '../orchestrator/certificate.ts'
import { escapeText } from '../ui/text.ts'
import { formatBytes } from '../ui/units.ts'
import type { CertificateReport } from './inspect/certificate.ts'
import type { ArtifactReport, AuthenticodeReport, IpxeReport, ServedReport } from './inspect/report.ts'
import type { SignatureReport } from './inspect/signature.ts'

/** One fact: what it is about, and lines of text, escaped and uncoloured. */
export interface DescribedFact {
  readonly label: string
  readonly lines: readonly string[]
}

/** A report for people; what is wrong with the file is `assess`'s to say. */
export function describeReport(report: ArtifactReport): readonly DescribedFact[] {
  const { authenticode, ipxe, served } = report
  const facts = [
    fact('Size', sizeOf(report.sizeBytes)),
    fact('SHA-256', report.sha256),
    fact('Kind', kindOf(report)),
    ...(authenticode === undefined ? [] : describeAuthenticode(authenticode)),
    ...(ipxe === undefined ? [] : describeIpxe(ipxe)),
    ...(served === undefined ? [] : [describeServed(served)]),
  ]
  return facts.filter(({ lines }) => lines.length > 0)
}

function fact(label: string, ...lines: string[]): DescribedFact {
  return { label, lines }
}

/** Exact, because it is compared; and rounded when that reads better. */
function sizeOf(sizeBytes: number): string {
  const rounded = formatBytes(sizeBytes)
  return rounded.endsWith(' bytes') ? rounded : `${sizeBytes} bytes (${rounded})`
}

function kindOf({ image, foreign }: ArtifactReport): string {
  if (image === undefined) return escapeText(foreign?.description ?? 'unknown')
  return `${image.subsystem} for ${image.machine} (${image.format})`
}

function describeAuthenticode({ digests, signatures, problem, db }: AuthenticodeReport): DescribedFact[] {
  const none = problem === undefined ? 'none: nodes with Secure Boot refuse it' : escapeText(problem)
  return [
    fact('Authenticode', ...Object.entries(digests).map(([algorithm, hex]) => `${algorithm} ${hex}`)),
    ...(signatures.length === 0 ? [fact('Signature', none)] : []),
    ...signatures.map((signature) => fact('Signature', ...signatureLines(signature, db.length > 0))),
    ...db.map((certificate) => fact('db certificate', ...certificateLines(certificate))),
  ]
}

function signatureLines(signature: SignatureReport, hasDb: boolean): string[] {
  const { status, detail, signer, issuers = [], trustedBy } = signature
  const lines = [status === 'valid' ? 'valid' : `${status}: ${escapeText(detail)}`]
  if (signer !== undefined) lines.push(...certificateLines(signer))
  lines.push(...issuers.map(({ subject }) => `below ${escapeText(subject)}`))
  if (hasDb)
    lines.push(
      trustedBy === undefined
        ? 'the db certificate does not vouch for it'
        : 'the db certificate vouches for it',
    )
  return lines
}

function describeIpxe({ version, https, scripts, certificates, trustedRoots }: IpxeReport): DescribedFact[] {
  const known = new Map(certificates.map((certificate) => [certificate.sha256, certificate]))
  const trusted = trustedRoots ?? certificates.filter((found) => found.trusted).map(({ sha256 }) => sha256)
  const urls = scripts.flatMap((script) => script.urls)
  return [
    fact('iPXE', `${escapeText(version ?? 'unknown version')}, ${https ? 'with HTTPS' : 'without HTTPS'}`),
    fact(
      'Script',
      scripts.length === 0 ? 'none built in' : scripts.map(({ text }) => lineCount(text)).join(', '),
    ),
    fact('Continues at', ...urls.map(escapeText)),
    ...trusted.map((sha256) => {
      const certificate = known.get(sha256)
      return fact(
        'Trusts',
        ...(certificate === undefined ? [displayFingerprint(sha256)] : certificateLines(certificate)),
      )
    }),
  ]
}

function describeServed(served: ServedReport): DescribedFact {
  const verdicts = {
    trusted: 'the file trusts it',
    untrusted: 'the file does not trust it',
    unknown: 'the file does not tell whether it trusts it',
  }
  return fact('Endpoint', ...certificateLines(served), verdicts[served.trust])
}

function certificateLines({ subject, key, sha256, validFromMs, validUntilMs }: CertificateReport): string[] {
  return [
    `${escapeText(subject)} (${key}), ${isoDay(validFromMs)} to ${isoDay(validUntilMs)}`,
    displayFingerprint(sha256),
  ]
}

function lineCount(text: string): string {
  const lines = text.trimEnd().split('\n').length
  return `${lines} ${lines === 1 ? 'line' : 'lines'}`
}

function isoDay(atMs: number): string {
  return Number.isNaN(atMs) ? 'unknown' : new Date(atMs).toISOString().slice(0, 10)
}
