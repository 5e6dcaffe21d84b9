import type { LiveMessage } from './snapshot.ts'

/** Takes a message; false: no more, until `ready` is called. */
export type Deliver = (message: LiveMessage) => boolean

/** What changed, looked up at the moment of sending: nothing is queued but names. */
export interface Changed {
  readonly stories: readonly string[]
  readonly site: boolean
  readonly hours: boolean
}

/** Stories in one message: bounds the work of one turn of the event loop while 1000 nodes boot. */
const mostStories = 250
const aliveAfterMs = 15_000

/**
 * One consumer of the feed. Remembers which stories changed, not how: a consumer that is slow misses
 * steps in between and never the last state, and costs no more memory than the names.
 */
export class Subscription {
  readonly #deliver: Deliver
  readonly #dirty = new Set<string>()
  #site = false
  #hours = false
  #waiting = false
  #sentAtMs: number

  constructor(deliver: Deliver, nowMs: number) {
    this.#deliver = deliver
    this.#sentAtMs = nowMs
  }

  mark(changed: { readonly story?: string; readonly site?: boolean; readonly hours?: boolean }): void {
    if (changed.story !== undefined) this.#dirty.add(changed.story)
    this.#site ||= changed.site === true
    this.#hours ||= changed.hours === true
  }

  /** The consumer can take more. */
  readonly ready = (): void => {
    this.#waiting = false
  }

  send(message: LiveMessage, nowMs: number): void {
    this.#sentAtMs = nowMs
    this.#waiting = !this.#deliver(message)
  }

  /** Sends what changed, the stories that waited longest first; returns false when nothing was sent. */
  flush(nowMs: number, message: (changed: Changed) => LiveMessage): boolean {
    if (this.#waiting) return false
    const stories = [...this.#dirty].slice(0, mostStories)
    if (stories.length === 0 && !this.#site && !this.#hours) {
      if (nowMs - this.#sentAtMs >= aliveAfterMs) this.send({ type: 'alive', atMs: nowMs }, nowMs)
      return false
    }
    const changed = { stories, site: this.#site, hours: this.#hours }
    for (const id of stories) this.#dirty.delete(id)
    this.#site = false
    this.#hours = false
    this.send(message(changed), nowMs)
    return true
  }
}
