import { escapeText } from '../../ui/text.ts'
import type { LiveSite } from './snapshot.ts'

/** `serving on eth1 (10.20.0.5)`; else what keeps nodes from being served, one sentence a line. */
export function showHealth({
  ready,
  service,
  interfaces,
  problems,
}: Pick<LiveSite, 'ready' | 'service' | 'interfaces' | 'problems'>): string {
  const listening = interfaces
    .filter(({ state }) => state === 'listening')
    .map(({ name, address }) => (address === undefined ? name : `${name} (${address})`))
  if (ready) return `serving on ${listening.join(', ')}`
  const why = problems.map(({ sentence, remedy }) => `${escapeText(sentence)}\n  → ${remedy}`)
  return [`not ready (${service.state})`, ...why].join('\n')
}
