import type { LiveFeed } from '../live/feed.ts'
import type { GaugeName } from './catalog.ts'

export type SetGauge = (name: GaugeName, value: number, labels?: Readonly<Record<string, string>>) => void

/** What is true now, as gauges; called at every scrape, after the old values were dropped. */
export function measure(feed: LiveFeed, set: SetGauge): void {
  const { service, interfaces, bootFiles, problems, ready } = feed.site
  const news = feed.artifactNews
  set('emf_pxe_build_info', 1, { version: service.version })
  set('emf_pxe_start_time_seconds', service.startedAtMs / 1000)
  set('emf_pxe_ready', ready ? 1 : 0)
  for (const { name, state } of interfaces)
    set('emf_pxe_interface_listening', state === 'listening' ? 1 : 0, { interface: name })
  for (const { architecture, state, sizeBytes, sinceMs } of bootFiles) {
    set('emf_pxe_boot_file_served', state === 'served' ? 1 : 0, { architecture })
    if (state !== 'served') continue
    set('emf_pxe_boot_file_bytes', sizeBytes ?? 0, { architecture })
    set('emf_pxe_boot_file_loaded_timestamp_seconds', sinceMs / 1000, { architecture })
  }
  if (service.refreshedAtMs !== undefined)
    set('emf_pxe_last_refresh_timestamp_seconds', service.refreshedAtMs / 1000)
  if (news.certificateExpiresAtMs !== undefined)
    set('emf_pxe_certificate_expiry_timestamp_seconds', news.certificateExpiresAtMs / 1000)
  set('emf_pxe_trust_mismatch', news.trustMismatch === undefined ? 0 : 1)
  for (const [outcome, count] of Object.entries(feed.outcomes())) set('emf_pxe_nodes', count, { outcome })
  for (const severity of ['error', 'warning'] as const)
    set('emf_pxe_problems', problems.filter((problem) => problem.severity === severity).length, { severity })
  set('emf_pxe_live_views', feed.subscribers)
}
