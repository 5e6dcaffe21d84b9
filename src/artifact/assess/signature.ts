import { displayFingerprint } from '../../orchestrator/certificate.ts'
import { escapeText } from '../../ui/text.ts'
import type { AuthenticodeReport } from '../inspect/report.ts'
import type { SignatureReport } from '../inspect/signature.ts'
import { type Expectations, type Finding, unfit, warning } from './finding.ts'

/**
 * Will firmware with Secure Boot start it? Like firmware, one good signature is enough; a second that
 * does not hold is not worth a word then. Dates of signing certificates are never a problem.
 */
export function assessSignature(
  authenticode: AuthenticodeReport,
  { signature }: Expectations,
): Finding | undefined {
  const { signatures, problem, db } = authenticode
  if (problem !== undefined) {
    return unfit('ARTIFACT_SIGNATURE_INVALID', {
      message: `Its certificate table is damaged: ${escapeText(problem)}.`,
    })
  }
  if (signatures.length === 0) return signature === 'required' ? unsigned() : undefined
  const valid = signatures.filter(({ status }) => status === 'valid')
  if (valid.length === 0) return broken(signatures)
  if (db.length === 0 || valid.some(({ trustedBy }) => trustedBy !== undefined)) return undefined
  return warning('ARTIFACT_SIGNER_UNKNOWN', {
    message: `It is signed by ${signerOf(valid)}, for which ${db.map(nameOf).join(', ')} does not vouch.`,
  })
}

function unsigned(): Finding {
  return unfit('ARTIFACT_UNSIGNED', { message: 'It has no Authenticode signature, wanted at least one.' })
}

function broken(signatures: readonly SignatureReport[]): Finding {
  const altered = signatures.find(({ status }) => status === 'altered')
  if (altered !== undefined) {
    return unfit('ARTIFACT_ALTERED', {
      message: `It was changed after ${signerOf([altered])} signed it: ${escapeText(altered.detail)}.`,
    })
  }
  const details = signatures.map(({ detail }) => escapeText(detail)).join('; ')
  return unfit('ARTIFACT_SIGNATURE_INVALID', {
    message: `It has a signature that does not hold: ${details}.`,
  })
}

function signerOf([first]: readonly SignatureReport[]): string {
  return first?.signer === undefined ? 'an unknown signer' : `“${escapeText(first.signer.subject)}”`
}

function nameOf({ subject, sha256 }: { readonly subject: string; readonly sha256: string }): string {
  return `“${escapeText(subject)}” (SHA-256 ${displayFingerprint(sha256).slice(0, 11)}…)`
}
