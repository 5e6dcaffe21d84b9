import { escapeText } from '../ui/text.ts'
import type { Theme } from '../ui/theme.ts'
import { formatAge } from '../ui/units.ts'
import type { KnownNode } from './known-nodes.ts'

/** Two lines a node, so that UUIDs are whole at 80 columns: who it is, and how it went. */
export function showNodes(nodes: readonly KnownNode[], nowMs: number, theme: Theme): string {
  return nodes
    .map(({ mac, architecture, uuid, lastOutcome, firstSeenMs, lastSeenMs }) => {
      const who = `${mac}  ${(architecture ?? '?').padEnd(5)}  ${uuid ?? 'without a UUID of its own'}`
      const seen = `seen ${formatAge(lastSeenMs, nowMs)}, first ${formatAge(firstSeenMs, nowMs)}`
      return `${who}\n  ${theme.dim(`${escapeText(lastOutcome)}; ${seen}`)}`
    })
    .join('\n')
}
