import { escapeText, indent, padTo } from '../ui/text.ts'
import type { Theme } from '../ui/theme.ts'
import { plural } from '../ui/units.ts'
import { contextOf, countChanged, diffLines } from './diff.ts'
import type { FileStep, Step } from './plan.ts'
import type { Removal, RemovalStep } from './uninstall.ts'

const widestPath = 44

/**
 * The plan as a person reads it, one line per file and command: `+` new, `~` changed, `=` current,
 * `>` runs. With `diff` the lines that change are shown below their file.
 */
export function showPlan(steps: readonly Step[], theme: Theme, diff = false): string {
  const rows = steps.flatMap((step) => planRow(step, theme))
  const width = Math.min(widestPath, Math.max(0, ...rows.map((row) => row.subject.length)))
  const lines = rows.flatMap(({ sign, subject, note, step }) => [
    `  ${sign} ${note === '' ? subject : `${padTo(subject, width)}  ${theme.dim(note)}`}`,
    ...(diff && step.kind === 'file' ? showDiff(step, theme) : []),
  ])
  return ['Plan', ...lines].join('\n')
}

interface Row {
  readonly sign: string
  readonly subject: string
  readonly note: string
  readonly step: Step
}

function planRow(step: Step, theme: Theme): Row[] {
  if (step.kind === 'command') {
    if (step.change === 'same') return []
    return [{ sign: theme.accent('>'), subject: step.command.title, note: '', step }]
  }
  const { path, what } = step.file
  if (step.change === 'new') return [{ sign: theme.good('+'), subject: path, note: what, step }]
  if (step.change === 'same') return [{ sign: theme.dim('='), subject: path, note: 'already current', step }]
  return [{ sign: theme.warning('~'), subject: path, note: changeNote(step), step }]
}

function changeNote({ file, before }: FileStep): string {
  if (!('text' in file.content) || before?.text === undefined) return file.what
  const changed = countChanged(diffLines(before.text, file.content.text))
  if (changed === 0) return `permissions ${octal(before.mode)} to ${octal(file.mode)}`
  return `${plural(changed, 'line changes', 'lines change')} (--diff to see)`
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

function showDiff({ file, before, change }: FileStep, theme: Theme): string[] {
  if (change === 'same' || !('text' in file.content)) return []
  if (before !== undefined && before.text === undefined) return []
  const lines = contextOf(diffLines(before?.text ?? '', file.content.text), 2)
  const paint = { '+': theme.good, '-': theme.bad, ' ': theme.dim } as const
  return lines.map(({ sign, text }) => indent(paint[sign](`${sign} ${escapeText(text)}`), 6))
}

/** What an uninstallation takes and what it leaves, in the same hand as a plan. */
export function showRemoval(removal: Removal, theme: Theme, purge: boolean): string {
  const goes = removal.goes.flatMap((step) => removalLine(step, theme))
  const stays = removal.stays.map((path) => `  ${theme.dim('=')} ${path}  ${theme.dim('stays')}`)
  const hint =
    purge || stays.length === 0 ? [] : [theme.dim('  To remove these too: emf-pxe uninstall --purge')]
  return ['Plan', ...goes, ...stays, ...hint].join('\n')
}

function removalLine(step: RemovalStep, theme: Theme): string[] {
  if (step.kind === 'removeEmptyDirectory') return []
  if (step.kind === 'command') return [`  ${theme.accent('>')} ${step.words.join(' ')}`]
  if (step.kind === 'restore')
    return [`  ${theme.warning('~')} ${step.path}  ${theme.dim('as it was before emf-pxe')}`]
  const note = step.note === undefined ? '' : `  ${theme.dim(step.note)}`
  return [`  ${theme.bad('-')} ${step.path}${note}`]
}
