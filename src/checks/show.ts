import { padTo, truncate } from '../ui/text.ts'
import { plural } from '../ui/units.ts'
import type { FinishedCheck, Outcome } from './check.ts'
import { byCategory } from './report.ts'
import { type ShowOptions, showInFull, showQuietly, symbolOf } from './show-check.ts'
import { ending, shortEnding } from './summary.ts'

/**
 * A line for each category, then what is wrong, in full with its remedy: with one or two faults that
 * fits a terminal of 80 by 24, and the last lines are all that a smaller one still shows.
 */
export function showTroubles(checks: readonly FinishedCheck[], options: ShowOptions): string {
  const troubles = (['failed', 'warning'] as const).flatMap((wanted) =>
    checks
      .filter(({ outcome }) => outcome === wanted)
      .map((check) => showInFull(check, consequencesOf(check, checks), options)),
  )
  const blocks = [
    categoryLines(checks, options),
    troubles.join('\n'),
    shortEnding(checks, options).join('\n'),
  ]
  return blocks.filter(Boolean).join('\n\n')
}

/** Every statement with what was seen, by category. */
export function showAll(checks: readonly FinishedCheck[], options: ShowOptions): string {
  const titleColumns = Math.min(58, Math.max(...checks.map(({ title }) => title.length)))
  const blocks = byCategory(checks).flatMap(([category, those]) => {
    const lines = those
      .filter(({ because }) => because === undefined)
      .map((check) =>
        check.outcome === 'ok' || check.outcome === 'skipped'
          ? showQuietly(check, titleColumns, options)
          : showInFull(check, consequencesOf(check, checks), options),
      )
    return lines.length === 0 ? [] : [options.theme.bold(category), ...lines]
  })
  return [...blocks, '', ...ending(checks, options)].join('\n')
}

/** `✓ network  8 well  e0 10.77.0.5/24`: how many hold, and what the first of them saw. */
function categoryLines(checks: readonly FinishedCheck[], { theme, columns }: ShowOptions): string {
  const rows = byCategory(checks).map(([category, those]) => ({
    category,
    outcome: mostTelling(those),
    counts: countsOf(those),
    seen: those.find(({ outcome }) => outcome === 'ok')?.evidence ?? '',
  }))
  const width = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length))
  const countColumns = width(rows.map(({ counts }) => counts))
  const categoryColumns = width(rows.map(({ category }) => category))
  const room = columns - categoryColumns - countColumns - 8
  return rows
    .map(({ category, outcome, counts, seen }) =>
      [
        ` ${symbolOf(outcome, theme)} ${theme.bold(padTo(category, categoryColumns))}`,
        padTo(counts, countColumns),
        theme.dim(truncate(seen, room, theme.symbols.ellipsis)),
      ]
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** One check that could not be made does not hide that the others hold. */
function mostTelling(checks: readonly FinishedCheck[]): Outcome {
  const order: readonly Outcome[] = ['failed', 'warning', 'ok']
  return order.find((wanted) => checks.some(({ outcome }) => outcome === wanted)) ?? 'skipped'
}

/** `1 problem, 3 well, 2 not checked` */
function countsOf(checks: readonly FinishedCheck[]): string {
  const count = (wanted: Outcome, words: (number: number) => string) => {
    const number = checks.filter(({ outcome }) => outcome === wanted).length
    return number === 0 ? [] : [words(number)]
  }
  return [
    ...count('failed', (number) => plural(number, 'problem')),
    ...count('warning', (number) => plural(number, 'warning')),
    ...count('ok', (number) => `${number} well`),
    ...count('skipped', (number) => `${number} not checked`),
  ].join(', ')
}

function consequencesOf({ id }: FinishedCheck, checks: readonly FinishedCheck[]): readonly FinishedCheck[] {
  return checks.filter(({ because }) => because === id)
}
