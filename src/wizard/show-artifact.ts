import type { Finding } from '../artifact/assess/finding.ts'
import { describeReport } from '../artifact/describe.ts'
import type { ArtifactReport } from '../artifact/inspect/report.ts'
import { wrap } from '../ui/text.ts'
import type { Theme } from '../ui/theme.ts'

/** What is in a boot file, no line wider than `columns`: fingerprints are broken in the middle. */
export function showArtifact(report: ArtifactReport, theme: Theme, columns: number): string {
  const facts = describeReport(report)
  const width = Math.max(...facts.map(({ label }) => label.length))
  return facts
    .flatMap(({ label, lines }) =>
      lines
        .flatMap((line) => fold(line, columns - width - 2))
        .map((line, index) => `${theme.dim((index === 0 ? label : '').padEnd(width))}  ${line}`),
    )
    .join('\n')
}

function fold(line: string, columns: number): string[] {
  const isFingerprint = /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/.test(line)
  return isFingerprint && line.length > columns ? [line.slice(0, 48), line.slice(48)] : wrap(line, columns)
}

/** One thing that is wrong with it, and what to try. */
export function findingText({ code, message, hint }: Finding): string {
  return `${message} [${code}]\n${hint}`
}
