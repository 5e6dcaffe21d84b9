import { isPlayed } from '../../proxydhcp/played-node.ts'
import type { LiveHour, LiveMessage, LiveSite, LiveStory } from '../live/snapshot.ts'

/** Which stories a person wants to see. */
export interface WatchFilter {
  /** Part of a MAC address, lower-case with colons. */
  readonly mac?: string
  readonly interface?: string
  readonly failedOnly: boolean
}

const mostStories = 3_000

/** What the feed told so far: the other end of `LiveFeed`, bounded in the same way. */
export class WatchModel {
  readonly #stories = new Map<string, LiveStory>()
  #site: LiveSite | undefined
  #hours: readonly LiveHour[] = []

  apply(message: LiveMessage): void {
    if (message.type === 'alive') return
    if (message.type === 'snapshot') {
      const { stories, hours, ...site } = message.snapshot
      this.#stories.clear()
      this.#take(stories.toReversed(), site, hours)
    } else {
      this.#take(message.stories, message.site, message.hours)
    }
  }

  /** Undefined until the first snapshot. */
  get site(): LiveSite | undefined {
    return this.#site
  }

  get hours(): readonly LiveHour[] {
    return this.#hours
  }

  /** Nodes that boot, longest at it first; then the others, newest first. */
  stories(filter: WatchFilter): { readonly booting: LiveStory[]; readonly ended: LiveStory[] } {
    const wanted = [...this.#stories.values()].filter((story) => matches(story, filter))
    return {
      booting: wanted
        .filter(({ outcome }) => outcome === 'booting')
        .sort((left, right) => left.startedAtMs - right.startedAtMs),
      ended: wanted
        .filter(({ outcome }) => outcome !== 'booting')
        .sort((left, right) => right.lastAtMs - left.lastAtMs),
    }
  }

  #take(stories: readonly LiveStory[], site?: LiveSite, hours?: readonly LiveHour[]): void {
    for (const story of stories) {
      this.#stories.delete(story.id)
      this.#stories.set(story.id, story)
    }
    for (const id of this.#stories.keys()) {
      if (this.#stories.size <= mostStories) break
      this.#stories.delete(id)
    }
    this.#site = site ?? this.#site
    this.#hours = hours ?? this.#hours
  }
}

/** Nodes that `status` and `probe` play are no boots, and shown to who asks for their address alone. */
export function matches(story: LiveStory, filter: WatchFilter): boolean {
  if (filter.mac === undefined ? isPlayed(story.mac) : !story.mac.includes(filter.mac)) return false
  if (filter.interface !== undefined && story.interface !== filter.interface) return false
  return !filter.failedOnly || story.outcome === 'failed' || story.outcome === 'refused'
}
