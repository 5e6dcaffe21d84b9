import type { ArtifactReport } from '../inspect/report.ts'
import type { Expectations, Finding } from './finding.ts'
import { assessImage } from './image.ts'
import { assessScript } from './ipxe.ts'
import { assessSignature } from './signature.ts'
import { assessTrust } from './trust.ts'

/** Everything about a boot file that is not as expected, worst first. Pure. */
export function assess(report: ArtifactReport, expected: Expectations): readonly Finding[] {
  const image = assessImage(report, expected)
  if (image !== undefined) return [image]
  const signature = report.authenticode && assessSignature(report.authenticode, expected)
  const script = report.ipxe === undefined ? [] : assessScript(report.ipxe, expected)
  const findings = [signature, ...script, ...assessTrust(report, expected)]
  return findings.filter((finding) => finding !== undefined).sort((one, other) => rank(one) - rank(other))
}

function rank({ unfit, severity }: Finding): number {
  if (unfit) return 0
  return severity === 'error' ? 1 : 2
}
