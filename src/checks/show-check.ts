import { indent, padTo, wrap } from '../ui/text.ts'
import type { Theme } from '../ui/theme.ts'
import type { FinishedCheck, Outcome } from './check.ts'

const mostNames = 4

export interface ShowOptions {
  readonly theme: Theme
  readonly columns: number
}

/** A statement that holds, or was not looked at, with what was seen beside it or below. */
export function showQuietly(
  { title, evidence, outcome }: FinishedCheck,
  titleColumns: number,
  { theme, columns }: ShowOptions,
): string {
  const sign = ` ${symbolOf(outcome, theme)} `
  const fits = evidence.length <= columns - titleColumns - 5
  if (fits) return `${sign}${padTo(title, titleColumns)}  ${theme.dim(evidence)}`
  return `${sign}${title}\n${margin(wrap(evidence, columns - 5), theme.dim)}`
}

/** A statement that does not hold, with its name: what was seen, what to do, and the checks that wait for it. */
export function showInFull(
  { id, title, evidence, remedy, outcome }: FinishedCheck,
  consequences: readonly FinishedCheck[],
  options: ShowOptions,
): string {
  const { theme, columns } = options
  const room = columns - 4 - title.length - id.length
  const name = room < 2 ? `\n${margin([id], theme.dim)}` : `${' '.repeat(room)}${theme.dim(id)}`
  const parts = [
    ` ${symbolOf(outcome, theme)} ${outcome === 'failed' ? theme.bold(title) : title}${name}`,
    margin(wrap(evidence, columns - 5)),
  ]
  if (remedy !== undefined) parts.push(arrowed(remedy, options))
  if (consequences.length > 0) parts.push(margin(wrap(inWords(consequences), columns - 5), theme.dim))
  return parts.join('\n')
}

/** Some of the names; all of them would hide the root. */
function inWords(consequences: readonly FinishedCheck[]): string {
  const { length } = consequences
  const names = consequences.slice(0, mostNames).map(({ id }) => id)
  const rest = length > mostNames ? [`and ${length - mostNames} more`] : []
  return `not checked because of it: ${[...names, ...rest].join(', ')}`
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

function margin(lines: readonly string[], style: (text: string) => string = (text) => text): string {
  return indent(lines.map(style).join('\n'), 5)
}

export function symbolOf(outcome: Outcome, theme: Theme): string {
  if (outcome === 'ok') return theme.good(theme.symbols.ok)
  if (outcome === 'warning') return theme.warning(theme.symbols.warning)
  if (outcome === 'failed') return theme.bad(theme.symbols.failure)
  return theme.dim(theme.symbols.bullet)
}
