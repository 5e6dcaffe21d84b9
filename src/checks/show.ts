import { indent, padTo, wrap } from '../ui/text.ts'
import type { Theme } from '../ui/theme.ts'
import type { FinishedCheck } from './check.ts'
import { byCategory, type StatusReport, statusReport } from './report.ts'

export interface ShowOptions {
  readonly theme: Theme
  readonly columns: number
}

/** Statements with what was seen, by category; what is wrong, in full, with its remedy. */
export function showChecks(checks: readonly FinishedCheck[], options: ShowOptions): string {
  const titleColumns = Math.min(58, Math.max(...checks.map(({ title }) => title.length)))
  const blocks = byCategory(checks).map(([category, those]) => {
    const lines = those
      .filter(({ because }) => because === undefined)
      .map((check) => showCheck(check, titleColumns, consequencesOf(check, checks), options))
    return lines.length === 0 ? undefined : [options.theme.bold(category), ...lines].join('\n')
  })
  return [...blocks.filter((block) => block !== undefined), '', ...summary(checks, options)].join('\n')
}

/** The last lines are all that a small terminal still shows: they name what is wrong. */
function summary(checks: readonly FinishedCheck[], { theme, columns }: ShowOptions): string[] {
  const named = (wanted: FinishedCheck['outcome']) =>
    checks.filter(({ outcome }) => outcome === wanted).map(({ id }) => id)
  const [problems, warnings] = [named('failed'), named('warning')]
  const [first] = [...problems, ...warnings]
  const lines = [
    ...(problems.length === 0 ? [] : [`${theme.bad(theme.symbols.failure)} ${problems.join(', ')}`]),
    ...(warnings.length === 0 ? [] : [`${theme.warning(theme.symbols.warning)} ${warnings.join(', ')}`]),
    ...(first === undefined ? [] : [theme.dim(`emf-pxe explain ${first}   # says more; so for each name`)]),
  ]
  const shown = lines.flatMap((line) => wrap(line, columns - 1).map((part) => ` ${part}`))
  return [verdict(statusReport(checks, '', 0)), ...shown]
}

function consequencesOf({ id }: FinishedCheck, checks: readonly FinishedCheck[]): readonly FinishedCheck[] {
  return checks.filter(({ because }) => because === id)
}

function showCheck(
  check: FinishedCheck,
  titleColumns: number,
  consequences: readonly FinishedCheck[],
  { theme, columns }: ShowOptions,
): string {
  const sign = ` ${symbolOf(check, theme)} `
  const { title, evidence, remedy, outcome } = check
  if (outcome === 'ok' || outcome === 'skipped') {
    const room = columns - titleColumns - 5
    const line = `${sign}${padTo(title, titleColumns)}  `
    if (evidence.length <= room) return `${line}${theme.dim(evidence)}`
    return `${sign}${title}\n${margin(wrap(evidence, columns - 5), 5, theme.dim)}`
  }
  const parts = [
    `${sign}${outcome === 'failed' ? theme.bold(title) : title}`,
    margin(wrap(evidence, columns - 5), 5),
  ]
  if (remedy !== undefined) parts.push(arrowed(remedy, { theme, columns }))
  if (consequences.length > 0) {
    const words = `${consequences.length} more ${consequences.length === 1 ? 'check depends' : 'checks depend'} on it: ${consequences.map(({ id }) => id).join(', ')}`
    parts.push(margin(wrap(words, columns - 5), 5, theme.dim))
  }
  return parts.join('\n')
}

/** A command is never wrapped: it is there to be pasted. Sentences begin with a capital letter. */
function arrowed(remedy: string, { theme, columns }: ShowOptions): string {
  const [first = '', ...more] = remedy
    .split('\n')
    .flatMap((line) => (/^\p{Lu}/u.test(line) ? wrap(line, columns - 7) : [line]))
  return [
    `     ${theme.symbols.arrow} ${theme.accent(first)}`,
    ...more.map((line) => `       ${theme.accent(line)}`),
  ].join('\n')
}

function margin(
  lines: readonly string[],
  columns: number,
  style: (text: string) => string = (text) => text,
): string {
  return indent(lines.map(style).join('\n'), columns)
}

function symbolOf({ outcome }: FinishedCheck, theme: Theme): string {
  if (outcome === 'ok') return theme.good(theme.symbols.ok)
  if (outcome === 'warning') return theme.warning(theme.symbols.warning)
  if (outcome === 'failed') return theme.bad(theme.symbols.failure)
  return theme.dim(theme.symbols.bullet)
}

/** `1 problem, 2 warnings` or `All is well.` */
export function verdict({ problems, warnings }: Pick<StatusReport, 'problems' | 'warnings'>): string {
  const count = (number: number, word: string) =>
    number === 0 ? [] : [`${number} ${word}${number === 1 ? '' : 's'}`]
  const parts = [...count(problems, 'problem'), ...count(warnings, 'warning')]
  return parts.length === 0 ? 'All is well.' : parts.join(', ')
}

/** One line for scripts: `unhealthy: 1 problem, 1 warning: port-dhcp boot-file-trust`. */
export function showShort(checks: readonly FinishedCheck[]): string {
  const report = statusReport(checks, '', 0)
  const named = checks.filter(({ outcome }) => outcome === 'failed' || outcome === 'warning')
  const ids = named.length === 0 ? '' : `: ${named.map(({ id }) => id).join(' ')}`
  return `${report.healthy ? 'healthy' : 'unhealthy'}: ${verdict(report)}${ids}`
}
