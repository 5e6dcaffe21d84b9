import type { ServeEvent } from './event.ts'
import { beginsStory, fold, isNodeEvent, openStory } from './fold.ts'
import { type BootStory, shortened } from './story.ts'

/** Of all stories together: ten for each node of a storm of 5000. Made-up nodes without end could fill far more. */
const mostMilestones = 50_000
/** What a story keeps while there are more than that: how it began, and how it ended. */
const fewMilestones = 4

/** What changed when an event was applied. */
export interface StoryChange {
  readonly story: BootStory
  /** The node's earlier story, when this event began a new one. */
  readonly ended: BootStory | undefined
  readonly isNew: boolean
}

/**
 * The latest story of each node, bounded: when `limit` is passed, the node that was quiet for
 * longest is forgotten. Insertion order of the map is the order of last activity.
 */
export class BootStories {
  readonly #latest = new Map<string, BootStory>()
  readonly #limit: number
  #milestones = 0

  constructor(limit = 20_000) {
    this.#limit = limit
  }

  /** Folds one event in; undefined when it belongs to no story. */
  apply(event: ServeEvent): StoryChange | undefined {
    if (!isNodeEvent(event)) return undefined
    const current = this.#latest.get(event.mac)
    const isNew = beginsStory(current, event)
    if (current === undefined && !isNew) return undefined
    const base = isNew || current === undefined ? openStory(event, current) : current
    const told = fold(base, event)
    const story = this.#milestones > mostMilestones ? shortened(told, fewMilestones) : told
    this.#put(story)
    this.#forgetOldest()
    return { story, ended: isNew ? current : undefined, isNew }
  }

  /** Stories from before a restart, newest first; what is known already stands. */
  restore(stories: readonly BootStory[]): void {
    for (const story of stories.toReversed()) {
      const known = this.#latest.get(story.mac)
      if (known === undefined || story.startedAtMs > known.startedAtMs) this.#put(story)
    }
    this.#forgetOldest()
  }

  get(mac: string): BootStory | undefined {
    return this.#latest.get(mac)
  }

  /** Quietest first. */
  all(): Iterable<BootStory> {
    return this.#latest.values()
  }

  get size(): number {
    return this.#latest.size
  }

  /** As the one with the latest activity. */
  #put(story: BootStory): void {
    this.#forget(story.mac)
    this.#latest.set(story.mac, story)
    this.#milestones += story.milestones.length
  }

  #forget(mac: string): void {
    this.#milestones -= this.#latest.get(mac)?.milestones.length ?? 0
    this.#latest.delete(mac)
  }

  #forgetOldest(): void {
    for (const mac of this.#latest.keys()) {
      if (this.#latest.size <= this.#limit) return
      this.#forget(mac)
    }
  }
}
