import { type RefreshOptions, type RefreshOutcome, refreshOnce } from '../artifact/refresh.ts'
import { type RefreshSchedule, scheduleRefresh } from '../artifact/refresh-schedule.ts'
import { sourceOf } from '../artifact/source.ts'
import type { ArtifactStore } from '../artifact/store/store.ts'
import type { Config } from '../config/schema.ts'
import type { EventSink } from '../events/event.ts'
import type { Clock } from '../net/datagram.ts'
import { openOrchestrator } from '../orchestrator/open.ts'
import type { TrustOptions } from '../orchestrator/trust.ts'
import { usesArtifact } from './boot-sources.ts'

export interface RefreshParts {
  readonly store: ArtifactStore
  readonly clock: Clock
  readonly publish: EventSink
  /** Default: the names and ports of the real world. */
  readonly network?: TrustOptions
}

/** One look at the orchestrator that the configuration names; used by `serve`, `fetch` and `init` alike. */
export function refreshFrom(
  config: Config,
  parts: RefreshParts,
  more: Pick<RefreshOptions, 'download' | 'evenIfHeldBack'> = {},
): Promise<RefreshOutcome> {
  const { fqdn } = config.orchestrator
  return refreshOnce({
    store: parts.store,
    clock: parts.clock,
    publish: parts.publish,
    open: async () => sourceOf(await openOrchestrator(config.orchestrator, parts.network ?? {})),
    // The orchestrator signs what it serves; another server that an exact URL names may not.
    expectations: { architecture: 'x64', signature: fqdn === undefined ? 'optional' : 'required', fqdn },
    ...more,
    download: { maxBytes: config.artifact.maxMegabytes * 1_000_000, ...more.download },
  })
}

/** The schedule itself comes back soon after a failure: one look need not be patient. */
const patienceMs = 60_000

/**
 * Looks again and again while the service runs; undefined when there is nothing to look for. After
 * each look `onStored` loads what the store holds, which is nothing new most of the time.
 */
export async function keepFresh(
  config: Config,
  parts: RefreshParts,
  onStored: () => Promise<void>,
): Promise<RefreshSchedule | undefined> {
  if (!usesArtifact(config) || config.artifact.refreshMinutes === 0) return undefined
  return scheduleRefresh({
    clock: parts.clock,
    everyMs: config.artifact.refreshMinutes * 60_000,
    // No node is answered meanwhile.
    atOnce: await hasNothing(parts.store),
    run: async (signal) => {
      const outcome = await refreshFrom(config, parts, { download: { signal, patienceMs } })
      // Not only what this look has replaced: `fetch` and `rollback` write to the store as well.
      if (outcome.entry !== undefined) await onStored()
      return outcome
    },
  })
}

/** A store that cannot be read has nothing to serve either. */
async function hasNothing(store: ArtifactStore): Promise<boolean> {
  const manifest = await store.read().catch(() => undefined)
  return manifest === undefined
}
