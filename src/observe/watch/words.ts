import { type BootStage, isLoneFetch } from '../../events/story.ts'
import { isPlayed } from '../../proxydhcp/played-node.ts'
import { escapeText } from '../../ui/text.ts'
import { formatBytes, formatDuration, formatRate } from '../../ui/units.ts'
import type { LiveStory } from '../live/snapshot.ts'

const stages: Readonly<Record<BootStage, string>> = {
  refused: 'not answered',
  offered: 'was offered a boot file',
  'asked-boot-server': 'asked the boot server',
  probed: 'asked for the size of its boot file',
  fetching: 'downloads its boot file',
  fetched: 'has its boot file',
  'ipxe-started': 'runs iPXE',
  'ipxe-addressed': 'went on to the orchestrator',
  'system-started': 'runs its system',
}

/** How a boot stands, in a few words that are safe for a terminal. */
export function standing(story: LiveStory): string {
  const { diagnosis, outcome, stage } = story
  if (diagnosis !== undefined && outcome !== 'booted') return escapeText(diagnosis.sentence)
  const words = stages[stage]
  if (isPlayed(story.mac)) return `probe of ours: ${words}`
  if (stage === 'fetched' && isLoneFetch(story)) return 'fetched by a program, not by firmware'
  if (outcome === 'quiet') return `${words}, then silence`
  const delivered = delivery(story)
  return delivered === undefined || stage === 'fetching' ? words : `${words} (${delivered})`
}

/** What to do about it; undefined when there is nothing to do. */
export function remedy({ diagnosis, outcome }: LiveStory): string | undefined {
  return diagnosis === undefined || outcome === 'booted' ? undefined : escapeText(diagnosis.remedy)
}

/** `1.1 MB in 0.5 s, 2.2 MB/s`; undefined when no download has ended. */
export function delivery({ transfer, bytesPerSecond }: LiveStory): string | undefined {
  if (transfer?.durationMs === undefined) return undefined
  const rate = bytesPerSecond === undefined ? '' : `, ${formatRate(bytesPerSecond)}`
  return `${formatBytes(transfer.totalBytes)} in ${formatDuration(transfer.durationMs)}${rate}`
}

/** 0 to 1 of a running download; undefined when none runs. */
export function progressOf({ stage, transfer, outcome }: LiveStory): number | undefined {
  if (stage !== 'fetching' || outcome !== 'booting' || transfer === undefined) return undefined
  return transfer.totalBytes === 0 ? 0 : Math.min(1, transfer.sentBytes / transfer.totalBytes)
}

/** `12:01:07`, local time. */
export function clockTime(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 8)
}
