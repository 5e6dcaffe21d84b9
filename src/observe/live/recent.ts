import type { BootStory } from '../../events/story.ts'
import { liveStory } from './outcome.ts'
import type { LiveStory, Outcome } from './snapshot.ts'

interface Entry {
  story: BootStory
  /** When the running download was asked for. */
  requestedAtMs: number | undefined
  /** What was concluded when it was last looked at, so that what only time changes is noticed. */
  concluded: string
}

export interface RecentLimits {
  /** Stories kept at all. */
  readonly kept: number
  /** Stories shown of those that are not booting. */
  readonly shownEnded: number
}

/** Latest stories by id, ended ones included; insertion order is the order of last activity. */
export class RecentStories {
  readonly #entries = new Map<string, Entry>()
  readonly #limits: RecentLimits

  constructor(limits: RecentLimits) {
    this.#limits = limits
  }

  put(story: BootStory, requestedAtMs?: number): void {
    const known = this.#entries.get(story.id)
    this.#entries.delete(story.id)
    this.#entries.set(story.id, {
      story,
      requestedAtMs: requestedAtMs ?? known?.requestedAtMs,
      concluded: known?.concluded ?? '',
    })
    for (const id of this.#entries.keys()) {
      if (this.#entries.size <= this.#limits.kept) break
      this.#entries.delete(id)
    }
  }

  /** Undefined when it was forgotten since. */
  get(id: string, nowMs: number): LiveStory | undefined {
    const entry = this.#entries.get(id)
    return entry === undefined ? undefined : liveStory(entry.story, nowMs, entry.requestedAtMs)
  }

  /** Ids of stories whose conclusion changed since the last call: silence is a sign too. */
  aged(nowMs: number): string[] {
    return [...this.#entries].flatMap(([id, entry]) => {
      const now = conclusion(liveStory(entry.story, nowMs, entry.requestedAtMs))
      const changed = now !== entry.concluded
      entry.concluded = now
      return changed ? [id] : []
    })
  }

  outcomes(nowMs: number): Record<Outcome, number> {
    const counts = { booting: 0, booted: 0, failed: 0, refused: 0, quiet: 0 }
    for (const { story } of this.#entries.values()) counts[liveStory(story, nowMs, undefined).outcome] += 1
    return counts
  }

  /** Newest activity first: every node that is booting, and the last others. */
  shown(nowMs: number): LiveStory[] {
    const all = [...this.#entries.keys()].reverse().flatMap((id) => this.get(id, nowMs) ?? [])
    let ended = 0
    return all.filter(({ outcome }) => outcome === 'booting' || ended++ < this.#limits.shownEnded)
  }
}

function conclusion({ outcome, diagnosis }: LiveStory): string {
  return `${outcome} ${diagnosis?.code ?? ''}`
}
