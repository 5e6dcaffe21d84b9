import type { ArtifactEvent, EventSink } from '../events/event.ts'
import type { Finding } from './assess/finding.ts'
import { trustedFingerprints } from './assess/trust.ts'
import type { LastCheck } from './last-check.ts'
import type { RefreshOutcome } from './refresh.ts'

/** Tells the rest of the program how a refresh went, and what is wrong with the file that is served. */
export function announce(outcome: RefreshOutcome, publish: EventSink, atMs: number): void {
  publish({ atMs, ...resultOf(outcome) })
  announceAlarms(outcome, publish, atMs)
}

/** What keeps nodes from booting with the file that is served, or soon will. */
export function announceAlarms(outcome: RefreshOutcome, publish: EventSink, atMs: number): void {
  for (const event of alarmsOf(outcome)) publish({ atMs, ...event })
}

function resultOf(outcome: RefreshOutcome): ArtifactEvent {
  if (outcome.kind === 'replaced' && outcome.entry !== undefined) {
    const { sha256, sizeBytes } = outcome.entry
    return { type: 'artifact.refreshed', sha256, sizeBytes }
  }
  if (outcome.kind !== 'kept' || outcome.reason.code === 'ARTIFACT_HELD_BACK')
    return { type: 'artifact.unchanged' }
  const { code, message } = outcome.reason
  return { type: 'artifact.refresh-failed', code, message: onOneLine(message) }
}

/** A log has one line for each event; lists of what was tried become clauses. */
function onOneLine(message: string): string {
  const [first = '', ...rest] = message.split('\n').map((line) => line.trim().replaceAll(/\s+/g, ' '))
  return rest.length === 0 ? first : `${first} ${rest.join('; ')}`
}

/** Loud while they last: repeated with every check. */
function alarmsOf({ findings, report }: RefreshOutcome): ArtifactEvent[] {
  const served = report?.served
  if (report === undefined || served === undefined) return []
  return findings.flatMap(({ code }): ArtifactEvent[] => {
    if (code === 'ARTIFACT_TRUST_MISMATCH') {
      const trusted = trustedFingerprints(report).join(' ')
      return [{ type: 'artifact.trust-mismatch', trusted, served: served.sha256 }]
    }
    const isExpiry = code === 'ARTIFACT_CERTIFICATE_EXPIRING' || code === 'ARTIFACT_CERTIFICATE_EXPIRED'
    return isExpiry ? [{ type: 'artifact.certificate-expiring', expiresAtMs: served.validUntilMs }] : []
  })
}

/** What `status` will want to know of it. */
export function noteOf(outcome: RefreshOutcome, atMs: number): LastCheck {
  const { kind, report, findings } = outcome
  const served = report?.served
  return {
    atMs,
    outcome: kind,
    reason: kind === 'kept' ? problemOf(outcome.reason) : null,
    findings: findings.map((finding) => ({ ...problemOf(finding), severity: finding.severity })),
    served: served === undefined ? null : { sha256: served.sha256, validUntilMs: served.validUntilMs },
    trusted: report === undefined ? [] : [...trustedFingerprints(report)],
  }
}

function problemOf({ code, message, hint }: Pick<Finding, 'code' | 'message' | 'hint'>) {
  return { code, message, hint }
}
