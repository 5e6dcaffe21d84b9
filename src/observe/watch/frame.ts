import { displayWidth, escapeText, truncate } from '../../ui/text.ts'
import { mark, type Theme } from '../../ui/theme.ts'
import { formatBytes, formatDuration, formatRate } from '../../ui/units.ts'
import type { LiveHour, LiveInterface, LiveSite, LiveStory } from '../live/snapshot.ts'
import type { WatchFilter, WatchModel } from './model.ts'
import { bootingRow, endedRows } from './row.ts'

export interface FrameOptions {
  readonly theme: Theme
  readonly columns: number
  readonly rows: number
  readonly nowMs: number
  readonly filter: WatchFilter
  /** Said in place of the keys: that the service went away. */
  readonly notice: string | undefined
}

/** Room that the list of ended boots keeps, however many nodes boot. */
const leastEndedRows = 6
const mostProblems = 2

/** The whole screen: at most `rows` lines of at most `columns` columns. */
export function drawFrame(model: WatchModel, options: FrameOptions): string[] {
  const { site } = model
  if (site === undefined) return [options.notice ?? 'Connecting…'].map((line) => fit(line, options))
  const { booting, ended } = model.stories(options.filter)
  const top = [header(site, options), ...problemLines(site, options), '']
  const bottom = ['', fit(lastDay(model.hours), options), keys(options)]
  const room = Math.max(0, options.rows - top.length - bottom.length)
  const above = bootingLines(booting, Math.max(2, room - Math.min(leastEndedRows, endedNeed(ended))), options)
  const below = endedLines(ended, room - above.length, options)
  const filling = Array.from({ length: Math.max(0, room - above.length - below.length) }, () => '')
  return [...top, ...above, ...below, ...filling, ...bottom].slice(0, options.rows)
}

function header({ service, interfaces, bootFiles }: LiveSite, options: FrameOptions): string {
  const { theme, nowMs } = options
  const parts = [
    `emf-pxe ${service.version}`,
    service.state === 'serving' ? `up ${formatDuration(nowMs - service.startedAtMs)}` : service.state,
    ...interfaces.map(interfaceWords),
    ...bootFiles.map(({ architecture, sizeBytes }) =>
      sizeBytes === undefined ? `${architecture} missing` : `${architecture} ${formatBytes(sizeBytes)}`,
    ),
  ]
  return theme.bold(fit(parts.join(`  ${theme.symbols.bullet}  `), options))
}

function interfaceWords({ name, state, address }: LiveInterface): string {
  return state === 'listening' ? `${name} ${address}` : `${name} ${state}`
}

function problemLines({ problems }: LiveSite, options: FrameOptions): string[] {
  const { theme } = options
  const lines = problems
    .slice(0, mostProblems)
    .flatMap(({ severity, sentence, remedy }) => [
      `${mark(theme, severity === 'error' ? 'failure' : 'warning')} ${truncate(escapeText(sentence), options.columns - 2, theme.symbols.ellipsis)}`,
      theme.accent(fit(`    ${theme.symbols.arrow} ${escapeText(remedy)}`, options)),
    ])
  const more = problems.length - mostProblems
  return more > 0 ? [...lines, theme.dim(`  and ${more} more: emf-pxe status`)] : lines
}

function bootingLines(booting: readonly LiveStory[], room: number, options: FrameOptions): string[] {
  const { theme, columns, nowMs } = options
  const rate = booting.reduce((sum, story) => sum + (downloads(story) ? (story.bytesPerSecond ?? 0) : 0), 0)
  const title = `Booting now  ${booting.length}${rate > 0 ? `   ${formatRate(rate)}` : ''}`
  // Those that download move; the others wait behind them.
  const sorted = [...booting].sort((left, right) => Number(downloads(right)) - Number(downloads(left)))
  const shown = sorted.slice(0, booting.length + 2 <= room ? booting.length : Math.max(0, room - 3))
  const more = booting.length - shown.length
  return [
    theme.bold(title),
    ...shown.map((story) => bootingRow(story, theme, columns, nowMs)),
    ...(more > 0 ? [theme.dim(`  and ${more} more`)] : []),
    '',
  ]
}

function downloads({ stage }: LiveStory): boolean {
  return stage === 'fetching'
}

function endedLines(ended: readonly LiveStory[], room: number, options: FrameOptions): string[] {
  const { theme, columns, filter } = options
  if (room < 2) return []
  const lines = [theme.bold(filter.failedOnly ? 'Last failed' : 'Last boots')]
  if (ended.length === 0) lines.push(theme.dim('  none yet'))
  for (const story of ended) {
    const rows = endedRows(story, theme, columns)
    if (lines.length + rows.length > room) break
    lines.push(...rows)
  }
  return lines
}

function endedNeed(ended: readonly LiveStory[]): number {
  return ended.length === 0 ? 2 : leastEndedRows
}

function lastDay(hours: readonly LiveHour[]): string {
  const total = (wanted: (name: string) => boolean) =>
    hours.reduce(
      (sum, { counts }) =>
        sum + Object.entries(counts).reduce((all, [name, count]) => all + (wanted(name) ? count : 0), 0),
      0,
    )
  const starting = (word: string) => total((name) => name.startsWith(`${word}:`))
  const parts = [
    `${total((name) => name === 'offered')} offers`,
    `${total((name) => name === 'fetched')} boot files delivered`,
    `${starting('failed')} downloads failed`,
  ]
  return `24 h   ${parts.join(' · ')}`
}

function keys({ theme, notice, filter, columns }: FrameOptions): string {
  if (notice !== undefined) return theme.warning(truncate(notice, columns, theme.symbols.ellipsis))
  const filters = [
    filter.mac === undefined ? '' : `MAC ${filter.mac}`,
    filter.interface === undefined ? '' : `on ${filter.interface}`,
  ].filter((word) => word !== '')
  const shown = filters.length === 0 ? '' : `   only ${filters.join(', ')}`
  return theme.dim(
    truncate(`q quits   f ${filter.failedOnly ? 'all boots' : 'failed only'}${shown}`, columns),
  )
}

function fit(line: string, { columns, theme }: FrameOptions): string {
  return displayWidth(line) <= columns ? line : truncate(line, columns, theme.symbols.ellipsis)
}
