import { diagnose } from '../events/diagnose.ts'
import type { BootStory } from '../events/story.ts'
import { escapeText } from '../ui/text.ts'
import type { Theme } from '../ui/theme.ts'
import { formatBytes, formatDuration, formatRate } from '../ui/units.ts'

/** A boot story as a person reads it: who, what happened when, how it ended. */
export function tellStory(story: BootStory, theme: Theme, nowMs: number): string {
  const lines = story.milestones.map(({ atMs, kind, note }) => {
    const after = `+${((atMs - story.startedAtMs) / 1000).toFixed(2)} s`
    return `  ${theme.dim(after.padStart(9))}  ${kind.padEnd(18)} ${theme.dim(escapeText(note))}`
  })
  return [heading(story, theme), ...lines, ending(story, theme, nowMs)].join('\n')
}

function heading(story: BootStory, theme: Theme): string {
  const parts = [theme.bold(story.mac), story.architecture ?? '', story.address ?? '', story.uuid ?? '']
  return parts.filter((part) => part !== '').join('  ')
}

function ending(story: BootStory, theme: Theme, nowMs: number): string {
  const diagnosis = diagnose(story, nowMs)
  if (diagnosis !== undefined) {
    return `  ${theme.bad(theme.symbols.failure)} ${escapeText(diagnosis.sentence)}\n    ${theme.symbols.arrow} ${diagnosis.remedy}`
  }
  const { transfer } = story
  if (transfer?.durationMs === undefined) return `  ${theme.dim(story.stage)}`
  const rate = formatRate((transfer.totalBytes * 1000) / Math.max(1, transfer.durationMs))
  const fetched = `${escapeText(transfer.file)}, ${formatBytes(transfer.totalBytes)} in ${formatDuration(transfer.durationMs)} (${rate})`
  return `  ${theme.good(theme.symbols.ok)} ${story.stage}: ${fetched}`
}
