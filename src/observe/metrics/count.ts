import type { ServeEvent } from '../../events/event.ts'
import type { BootStory } from '../../events/story.ts'
import type { CounterName, HistogramName } from './catalog.ts'

type Labels = Readonly<Record<string, string>>

/** One thing to count, or to measure in seconds. */
export type Count =
  | { readonly counter: CounterName; readonly labels: Labels; readonly by?: number }
  | { readonly histogram: HistogramName; readonly labels: Labels; readonly seconds: number }

/** What an event adds to the metrics. `story`: the node's boot, if that is known. */
export function countsOf(event: ServeEvent, story: BootStory | undefined): Count[] {
  switch (event.type) {
    case 'dhcp.offered':
      return [one('emf_pxe_offers_total', { ...nic(event), ...kind(event), form: event.form })]
    case 'dhcp.acknowledged':
      return [one('emf_pxe_boot_server_answers_total', { ...nic(event), ...kind(event) })]
    case 'dhcp.fallback':
      return [one('emf_pxe_offer_fallbacks_total', { ...nic(event), form: event.to })]
    case 'dhcp.ignored':
      return [one('emf_pxe_requests_ignored_total', { ...nic(event), reason: event.reason })]
    case 'packet.dropped':
      return [
        {
          counter: 'emf_pxe_packets_dropped_total',
          labels: { ...nic(event), reason: event.reason },
          by: event.count ?? 1,
        },
      ]
    case 'tftp.requested':
      return [one('emf_pxe_transfers_granted_total', nic(event))]
    case 'tftp.failed':
      return [one('emf_pxe_transfers_failed_total', { ...nic(event), reason: event.reason })]
    case 'tftp.refused':
      return [one('emf_pxe_transfers_refused_total', { ...nic(event), reason: event.reason })]
    case 'tftp.completed':
      return [...delivery(event, 'tftp', story), ...resent(event)]
    case 'http.served':
      return delivery(event, 'http', story)
    default:
      return serviceCounts[event.type] ?? []
  }
}

const serviceCounts: { readonly [Type in ServeEvent['type']]?: Count[] } = {
  'artifact.refreshed': [one('emf_pxe_refreshes_total', { outcome: 'replaced' })],
  'artifact.unchanged': [one('emf_pxe_refreshes_total', { outcome: 'unchanged' })],
  'artifact.refresh-failed': [one('emf_pxe_refreshes_total', { outcome: 'failed' })],
  'service.reloaded': [one('emf_pxe_reloads_total', { outcome: 'done' })],
  'service.reload-failed': [one('emf_pxe_reloads_total', { outcome: 'failed' })],
}

function one(counter: CounterName, labels: Labels): Count {
  return { counter, labels }
}

function nic(event: { readonly interface: string }) {
  return { interface: event.interface === '' ? 'unknown' : event.interface }
}

function kind(event: { readonly architecture?: string }) {
  return { architecture: event.architecture ?? 'unknown' }
}

type Delivery = Extract<ServeEvent, { type: 'tftp.completed' | 'http.served' }>

function delivery(event: Delivery, protocol: 'tftp' | 'http', story: BootStory | undefined): Count[] {
  const labels = nic(event)
  const seconds = event.durationMs / 1000
  // A story that began with a download tells nothing of the time before it.
  const sinceStart = story === undefined || story.offers === 0 ? -1 : (event.atMs - story.startedAtMs) / 1000
  // TFTP knows addresses alone; the story knows what asked for an offer.
  const architecture = event.architecture ?? story?.architecture ?? 'unknown'
  return [
    one('emf_pxe_transfers_completed_total', { ...labels, architecture, protocol }),
    { counter: 'emf_pxe_sent_bytes_total', labels: { ...labels, protocol }, by: event.totalBytes },
    { histogram: 'emf_pxe_transfer_duration_seconds', labels, seconds },
    ...(sinceStart < 0
      ? []
      : [{ histogram: 'emf_pxe_boot_file_delivery_seconds', labels, seconds: sinceStart } as const]),
  ]
}

function resent(event: Extract<ServeEvent, { type: 'tftp.completed' }>): Count[] {
  if (event.resentBlocks === 0) return []
  return [{ counter: 'emf_pxe_resent_blocks_total', labels: nic(event), by: event.resentBlocks }]
}
