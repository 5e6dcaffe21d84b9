import { indent, wrap } from '../ui/text.ts'
import { mark, type Theme } from '../ui/theme.ts'
import type { Finding } from './assess/finding.ts'
import { describeReport } from './describe.ts'
import type { ArtifactReport } from './inspect/report.ts'

/** What is in a boot file, and what is wrong with it, on a screen; no line wider than `columns`. */
export function showReport(
  report: ArtifactReport,
  findings: readonly Finding[],
  theme: Theme,
  columns = 80,
): string {
  return [showFacts(report, theme, columns), '', ...verdict(findings, theme, columns)].join('\n')
}

/** What is in a boot file; fingerprints that are too wide are broken in the middle. */
export function showFacts(report: ArtifactReport, theme: Theme, columns: number): string {
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

function verdict(findings: readonly Finding[], theme: Theme, columns: number): string[] {
  if (findings.length === 0) return [`${mark(theme, 'ok')} nothing is wrong with it`]
  return findings.flatMap(({ severity, code, message, hint }) => {
    const sign = mark(theme, severity === 'error' ? 'failure' : 'warning')
    const [first = '', ...rest] = wrap(`${message} ${theme.dim(`[${code}]`)}`, columns - 4)
    const [remedy = '', ...more] = wrap(hint, columns - 6)
    return [
      `${sign} ${first}`,
      ...rest.map((line) => indent(line, 4)),
      `    ${theme.symbols.arrow} ${remedy}`,
      ...more.map((line) => indent(line, 6)),
    ]
  })
}
