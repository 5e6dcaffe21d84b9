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

/** Sentences, which begin with a capital letter, are wrapped; commands are there to be pasted. */
function arrowed(remedy: string, { theme, columns }: ShowOptions): string {
  const room = columns - 7
  const [first = '', ...more] = remedy
    .split('\n')
    .flatMap((line) => (/^\p{Lu}/u.test(line) ? wrap(line, room) : commandLines(line, room)))
  return [
    `     ${theme.symbols.arrow} ${theme.accent(first)}`,
    ...more.map((line) => `       ${theme.accent(line)}`),
  ].join('\n')
}

/** A command stays on its line; the comment behind it goes below when there is no room, still a comment. */
function commandLines(line: string, room: number): string[] {
  const end = line.search(/\s+# /)
  if (end < 0 || line.length <= room) return [line]
  const comment = line.slice(end).trim().slice(2)
  return [line.slice(0, end), ...wrap(comment, room - 2).map((part) => `# ${part}`)]
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
