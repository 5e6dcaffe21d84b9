import { displayFingerprint } from '../../orchestrator/certificate.ts'
import { escapeText } from '../../ui/text.ts'
import type { ArtifactReport, ServedReport } from '../inspect/report.ts'
import { type Expectations, error, type Finding, warning } from './finding.ts'

const dayMs = 86_400_000
/** The orchestrator renews its certificate 90 days before the end: a month left means that it did not. */
const usualExpiryWarningDays = 30

/** Will iPXE on the nodes accept the endpoint, today and in the weeks to come? */
export function assessTrust(report: ArtifactReport, expected: Expectations): readonly Finding[] {
  const { served } = report
  if (served === undefined) return []
  const findings = [mismatch(report, served), expiry(served, expected)]
  return findings.filter((finding) => finding !== undefined)
}

/** Fingerprints, hexadecimal, of what a file trusts, as far as it can be made out. */
export function trustedFingerprints({ ipxe }: ArtifactReport): readonly string[] {
  if (ipxe?.trustedRoots !== undefined) return ipxe.trustedRoots
  return (ipxe?.certificates ?? []).filter(({ trusted }) => trusted).map(({ sha256 }) => sha256)
}

function mismatch(report: ArtifactReport, served: ServedReport): Finding | undefined {
  if (served.trust !== 'untrusted') return undefined
  const trusted = trustedFingerprints(report).map(beginning)
  return error('ARTIFACT_TRUST_MISMATCH', {
    message: `The endpoint serves certificate ${beginning(served.sha256)}, the file trusts ${trusted.join(' and ') || 'others'}: nodes will fail with “Unable to reach the edge orchestrator”.`,
  })
}

/** Enough to tell two apart; `emf-pxe inspect` shows all of it. */
function beginning(sha256: string): string {
  return `${displayFingerprint(sha256).slice(0, 23)}…`
}

function expiry(served: ServedReport, { nowMs, expiryWarningDays }: Expectations): Finding | undefined {
  const leftMs = served.validUntilMs - nowMs
  const end = isoDay(served.validUntilMs)
  const subject = `The endpoint’s certificate “${escapeText(served.subject)}”`
  if (leftMs <= 0) return error('ARTIFACT_CERTIFICATE_EXPIRED', { message: `${subject} ended on ${end}.` })
  if (leftMs > (expiryWarningDays ?? usualExpiryWarningDays) * dayMs) return undefined
  return warning('ARTIFACT_CERTIFICATE_EXPIRING', {
    message: `${subject} ends on ${end}, in ${Math.floor(leftMs / dayMs)} days.`,
  })
}

function isoDay(atMs: number): string {
  return Number.isNaN(atMs) ? 'an unreadable date' : new Date(atMs).toISOString().slice(0, 10)
}
