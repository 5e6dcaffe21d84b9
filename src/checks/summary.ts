import { wrap } from '../ui/text.ts'
import type { Theme } from '../ui/theme.ts'
import { plural } from '../ui/units.ts'
import type { FinishedCheck, Outcome } from './check.ts'
import { type StatusReport, statusReport } from './report.ts'
import { needsRoot } from './runner.ts'
import { type ShowOptions, symbolOf } from './show-check.ts'

/** For a short list: the verdict, and where more is said. */
export function shortEnding(checks: readonly FinishedCheck[], { theme }: ShowOptions): string[] {
  const blind = checks.some(
    ({ outcome, evidence }) => outcome === 'skipped' && evidence.startsWith(needsRoot),
  )
  return [
    verdict(statusReport(checks, '', 0)),
    ...(blind ? [theme.dim(' sudo emf-pxe status   # sees what this user cannot')] : []),
    ...explainHint(checks, theme),
    theme.dim(' emf-pxe status --all   # every check'),
  ]
}

/** For a long one, of which a terminal still shows the end: it names what is wrong. */
export function ending(checks: readonly FinishedCheck[], { theme, columns }: ShowOptions): string[] {
  const lines = (['failed', 'warning'] as const).flatMap((outcome) => {
    const ids = named(checks, outcome)
    return ids.length === 0 ? [] : wrap(`${symbolOf(outcome, theme)} ${ids.join(', ')}`, columns - 1)
  })
  return [
    verdict(statusReport(checks, '', 0)),
    ...lines.map((line) => ` ${line}`),
    ...explainHint(checks, theme),
  ]
}

function explainHint(checks: readonly FinishedCheck[], theme: Theme): string[] {
  const [first] = [...named(checks, 'failed'), ...named(checks, 'warning')]
  return first === undefined ? [] : [theme.dim(` emf-pxe explain ${first}   # says more; so for each name`)]
}

function named(checks: readonly FinishedCheck[], wanted: Outcome): string[] {
  return checks.filter(({ outcome }) => outcome === wanted).map(({ id }) => id)
}

/** `1 problem, 2 warnings` or `All is well.` */
function verdict(report: Pick<StatusReport, 'problems' | 'warnings'>): string {
  const parts = [
    ...(report.problems === 0 ? [] : [plural(report.problems, 'problem')]),
    ...(report.warnings === 0 ? [] : [plural(report.warnings, 'warning')]),
  ]
  return parts.length === 0 ? 'All is well.' : parts.join(', ')
}

/** One line for scripts: `unhealthy: 1 problem, 1 warning: port-dhcp boot-file-trust`. */
export function showShort(checks: readonly FinishedCheck[]): string {
  const report = statusReport(checks, '', 0)
  const named = checks.filter(({ outcome }) => outcome === 'failed' || outcome === 'warning')
  const ids = named.length === 0 ? '' : `: ${named.map(({ id }) => id).join(' ')}`
  return `${report.healthy ? 'healthy' : 'unhealthy'}: ${verdict(report)}${ids}`
}
