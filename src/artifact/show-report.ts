import { mark, type Theme } from '../ui/theme.ts'
import type { Finding } from './assess/finding.ts'
import { describeReport } from './describe.ts'
import type { ArtifactReport } from './inspect/report.ts'

/** What is in a boot file, and what is wrong with it, on a screen. */
export function showReport(report: ArtifactReport, findings: readonly Finding[], theme: Theme): string {
  const facts = describeReport(report)
  const width = Math.max(...facts.map(({ label }) => label.length))
  const rows = facts.flatMap(({ label, lines }) =>
    lines.map((line, index) => `${theme.dim((index === 0 ? label : '').padEnd(width))}  ${line}`),
  )
  return [...rows, '', ...verdict(findings, theme)].join('\n')
}

function verdict(findings: readonly Finding[], theme: Theme): string[] {
  if (findings.length === 0) return [`${mark(theme, 'ok')} nothing is wrong with it`]
  return findings.flatMap(({ severity, code, message, hint }) => [
    `${mark(theme, severity === 'error' ? 'failure' : 'warning')} ${message} ${theme.dim(`[${code}]`)}`,
    `    ${theme.symbols.arrow} ${hint}`,
  ])
}
