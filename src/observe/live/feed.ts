import type { EventSink, ServeEvent } from '../../events/event.ts'
import { isNodeEvent } from '../../events/fold.ts'
import type { BootStories } from '../../events/stories.ts'
import type { BootStory } from '../../events/story.ts'
import type { Clock } from '../../net/datagram.ts'
import type { HourlyCount } from '../history/reader.ts'
import { Hours } from './hours.ts'
import { RecentStories } from './recent.ts'
import { type ArtifactNews, type Expected, Site } from './site.ts'
import type { LiveMessage, LiveSite, LiveSnapshot, Outcome } from './snapshot.ts'
import { type Changed, type Deliver, Subscription } from './subscription.ts'

export interface LiveFeedOptions {
  readonly stories: BootStories
  readonly clock: Clock
  readonly version: string
  /** Milliseconds since 1970; default `Date.now`. */
  readonly wallMs?: () => number
}

/** Each story is told at most this often. */
const flushEveryMs = 200
/** How often stories are looked at again that only grew older. */
const ageEveryMs = 5_000
const limits = { kept: 4_000, shownEnded: 200 } as const

export interface OpenFeed {
  /** The consumer can take more, after `deliver` returned false. */
  ready(): void
  close(): void
}

/**
 * Folds events into what live views show, and tells each of them what changed, coalesced. Works only
 * while somebody looks on; subscribe it to the bus after the stories.
 */
export class LiveFeed {
  readonly #stories: BootStories
  readonly #clock: Clock
  readonly #wallMs: () => number
  readonly #recent = new RecentStories(limits)
  readonly #hours = new Hours()
  readonly #site: Site
  readonly #subscriptions = new Set<Subscription>()
  #cancelTicks: () => void = () => {}
  #agedAtMs = 0

  constructor({ stories, clock, version, wallMs = Date.now }: LiveFeedOptions) {
    this.#stories = stories
    this.#clock = clock
    this.#wallMs = wallMs
    this.#site = new Site(version, wallMs())
  }

  readonly record: EventSink = (event) => {
    const story = this.#applyToStory(event)
    const site = this.#site.apply(event)
    const hours = this.#hours.count(event)
    if (story === undefined && !site && !hours) return
    const changed = { ...(story === undefined ? {} : { story }), site, hours }
    for (const subscription of this.#subscriptions) subscription.mark(changed)
  }

  /** What the configuration asks for: at start and after every reload. */
  expect(expected: Expected): void {
    this.#site.expect(expected, this.#wallMs())
    this.#markSite()
  }

  /** A trouble of the service itself, by topic; undefined when it is over. */
  trouble(topic: string, sentence: string | undefined): void {
    this.#site.trouble(topic, sentence)
    this.#markSite()
  }

  /** What happened before a restart; stories newest first. */
  restore(stories: readonly BootStory[], counts: readonly HourlyCount[]): void {
    for (const story of stories.toReversed()) this.#recent.put(story)
    for (const { hourMs, name, count } of counts) this.#hours.add(hourMs, name, count)
  }

  get site(): LiveSite {
    return this.#site.view(this.#wallMs())
  }

  get artifactNews(): ArtifactNews {
    return this.#site.news
  }

  /** How many of the latest boots stand how. */
  outcomes(): Record<Outcome, number> {
    return this.#recent.outcomes(this.#wallMs())
  }

  get subscribers(): number {
    return this.#subscriptions.size
  }

  snapshot(): LiveSnapshot {
    const atMs = this.#wallMs()
    return {
      schema: 'emf-pxe/live/1',
      atMs,
      ...this.#site.view(atMs),
      stories: this.#recent.shown(atMs),
      hours: this.#hours.lastDay(atMs),
    }
  }

  /** Delivers a snapshot now, and then what changes. */
  open(deliver: Deliver): OpenFeed {
    const subscription = new Subscription(deliver, this.#clock.now())
    this.#subscriptions.add(subscription)
    subscription.send({ type: 'snapshot', snapshot: this.snapshot() }, this.#clock.now())
    if (this.#subscriptions.size === 1) this.#tick()
    return {
      ready: subscription.ready,
      close: () => {
        this.#subscriptions.delete(subscription)
        if (this.#subscriptions.size === 0) this.#cancelTicks()
      },
    }
  }

  close(): void {
    this.#cancelTicks()
    this.#subscriptions.clear()
  }

  #applyToStory(event: ServeEvent): string | undefined {
    if (!isNodeEvent(event)) return undefined
    const story = this.#stories.get(event.mac)
    if (story === undefined) return undefined
    this.#recent.put(story, event.type === 'tftp.requested' ? event.atMs : undefined)
    return story.id
  }

  #markSite(): void {
    for (const subscription of this.#subscriptions) subscription.mark({ site: true })
  }

  #tick(): void {
    this.#cancelTicks = this.#clock.schedule(flushEveryMs, () => {
      this.#age()
      const nowMs = this.#clock.now()
      for (const subscription of this.#subscriptions)
        subscription.flush(nowMs, (changed) => this.#message(changed))
      this.#tick()
    })
  }

  #age(): void {
    const nowMs = this.#clock.now()
    if (nowMs - this.#agedAtMs < ageEveryMs) return
    this.#agedAtMs = nowMs
    for (const story of this.#recent.aged(this.#wallMs()))
      for (const subscription of this.#subscriptions) subscription.mark({ story })
  }

  #message({ stories, site, hours }: Changed): LiveMessage {
    const atMs = this.#wallMs()
    return {
      type: 'changes',
      atMs,
      stories: stories.flatMap((id) => this.#recent.get(id, atMs) ?? []),
      ...(site ? { site: this.#site.view(atMs) } : {}),
      ...(hours ? { hours: this.#hours.lastDay(atMs) } : {}),
    }
  }
}
