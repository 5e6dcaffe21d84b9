import type { Diagnosis } from '../../events/diagnose.ts'
import type { BootStory } from '../../events/story.ts'
import type { Architecture } from '../../proxydhcp/types.ts'

/**
 * Everything a live view shows, at one moment: what `GET /v1/snapshot` answers and the first line of
 * the feed. Plain data; `docs/schemas/live.schema.json` describes it. Times are milliseconds since 1970.
 */
export interface LiveSnapshot extends LiveSite {
  readonly schema: 'emf-pxe/live/1'
  readonly atMs: number
  /** Every node that is booting, then the last ones that are not; newest activity first. */
  readonly stories: readonly LiveStory[]
  /** The last 24 hours, oldest first. */
  readonly hours: readonly LiveHour[]
}

/** What is true of the service as a whole. */
export interface LiveSite {
  readonly service: LiveService
  readonly interfaces: readonly LiveInterface[]
  readonly bootFiles: readonly LiveBootFile[]
  /** What keeps nodes from booting, or soon will; errors first. */
  readonly problems: readonly LiveProblem[]
  /** Answering on every configured interface, with a boot file that works. */
  readonly ready: boolean
}

export interface LiveService {
  readonly version: string
  readonly startedAtMs: number
  readonly state: 'starting' | 'serving' | 'draining' | 'stopped'
  /** When the orchestrator was last asked for a newer boot file, and answered. */
  readonly refreshedAtMs?: number
}

export interface LiveInterface {
  readonly name: string
  readonly state: 'starting' | 'listening' | 'waiting' | 'failed'
  readonly address?: string
  /** Why it waits, or failed. */
  readonly detail?: string
  readonly sinceMs: number
}

export interface LiveBootFile {
  readonly architecture: Architecture
  readonly state: 'served' | 'missing'
  readonly path: string
  readonly sizeBytes?: number
  readonly sha256?: string
  /** Why it could not be read (again). */
  readonly detail?: string
  readonly sinceMs: number
}

export interface LiveProblem {
  readonly severity: 'error' | 'warning'
  readonly sentence: string
  readonly remedy: string
}

/** How a boot stands, in one word. */
export type Outcome =
  /** Something was heard of it lately, and nothing is wrong. */
  | 'booting'
  /** iPXE has an address, or the system was seen: as far as can be seen from here. */
  | 'booted'
  | 'failed'
  /** Not answered, with a reason. */
  | 'refused'
  /** Silent, with nothing to conclude from it. */
  | 'quiet'

export interface LiveStory extends BootStory {
  readonly outcome: Outcome
  readonly diagnosis?: Diagnosis
  /** Of the running or the last download. */
  readonly bytesPerSecond?: number
}

export interface LiveHour {
  readonly hourMs: number
  /** By name: `offered`, `fetched`, `failed:REASON`, `refused:REASON`, `ignored:REASON`, `dropped:REASON`. */
  readonly counts: Readonly<Record<string, number>>
}

/** One line of the feed. Parts that did not change are left out. */
export type LiveMessage =
  | { readonly type: 'snapshot'; readonly snapshot: LiveSnapshot }
  | {
      readonly type: 'changes'
      readonly atMs: number
      readonly stories: readonly LiveStory[]
      readonly site?: LiveSite
      readonly hours?: readonly LiveHour[]
    }
  /** Sent when nothing else was for a while: whoever hears nothing for a minute has lost the service. */
  | { readonly type: 'alive'; readonly atMs: number }
