import { displayWidth, padTo, truncate, wrap } from '../../ui/text.ts'
import { mark, type Theme } from '../../ui/theme.ts'
import { formatDuration, formatRate } from '../../ui/units.ts'
import type { LiveStory } from '../live/snapshot.ts'
import { clockTime, delivery, progressOf, remedy, standing } from './words.ts'

const macColumns = 17
const architectureColumns = 5
const addressColumns = 15
const barColumns = 16
/** A sentence and its remedy take at most this many lines each. */
const mostLines = 2

/** `  52:54:00:00:00:01  x64    10.20.0.101      ━━━━━━━━────────  52 %  2.0 MB/s`. */
export function bootingRow(story: LiveStory, theme: Theme, columns: number, nowMs: number): string {
  const share = progressOf(story)
  const lead = `  ${identity(story)}  `
  const age = formatDuration(nowMs - story.startedAtMs)
  const words =
    share === undefined
      ? `${standing(story)}, ${age}`
      : `${bar(share, theme)}  ${percent(share)}  ${rateOf(story)}`
  return share === undefined
    ? truncate(lead + words, columns, theme.symbols.ellipsis)
    : cut(lead + words, lead, share, columns)
}

/** How it ended: one line, or a sentence and what to do when it did not end well. */
export function endedRows(story: LiveStory, theme: Theme, columns: number): string[] {
  const lead = `${padTo(clockTime(story.lastAtMs), 8)}  ${identity(story)}`
  const todo = remedy(story)
  // Beside a tick, numbers say more than words.
  const words = (story.outcome === 'booted' ? delivery(story) : undefined) ?? standing(story)
  if (todo === undefined)
    return [
      `${outcomeMark(story, theme)} ${truncate(`${lead}  ${words}`, columns - 2, theme.symbols.ellipsis)}`,
    ]
  return [
    `${outcomeMark(story, theme)} ${truncate(lead.trimEnd(), columns - 2, theme.symbols.ellipsis)}`,
    ...indented(words, '    ', columns, theme),
    ...indented(todo, `    ${theme.symbols.arrow} `, columns, theme).map(theme.accent),
  ]
}

function identity({ mac, architecture, address }: LiveStory): string {
  return [
    padTo(mac, macColumns),
    padTo(architecture ?? '', architectureColumns),
    padTo(address ?? '', addressColumns),
  ].join('  ')
}

function bar(share: number, theme: Theme): string {
  const full = Math.round(share * barColumns)
  return theme.good(theme.symbols.barFull.repeat(full)) + theme.symbols.barEmpty.repeat(barColumns - full)
}

function percent(share: number): string {
  return `${String(Math.floor(share * 100)).padStart(3)} %`
}

function rateOf({ bytesPerSecond }: LiveStory): string {
  return bytesPerSecond === undefined ? '' : formatRate(bytesPerSecond)
}

/** Too narrow for a bar: the percentage matters more. */
function cut(line: string, lead: string, share: number, columns: number): string {
  return displayWidth(line) <= columns ? line : truncate(`${lead.trimEnd()}  ${percent(share)}`, columns)
}

/** Wrapped behind `margin`, whose text stands on the first line alone. */
function indented(text: string, margin: string, columns: number, theme: Theme): string[] {
  const width = Math.max(1, columns - displayWidth(margin))
  const lines = wrap(text, width)
  const shown = lines.slice(0, mostLines)
  if (lines.length > mostLines) shown[mostLines - 1] = `${shown[mostLines - 1]} ${theme.symbols.ellipsis}`
  return shown.map((line, index) => {
    const start = index === 0 ? margin : ' '.repeat(displayWidth(margin))
    return start + truncate(line, width, theme.symbols.ellipsis)
  })
}

function outcomeMark({ outcome }: LiveStory, theme: Theme): string {
  if (outcome === 'booted') return mark(theme, 'ok')
  if (outcome === 'failed') return mark(theme, 'failure')
  return outcome === 'refused' ? mark(theme, 'warning') : theme.dim(theme.symbols.bullet)
}
