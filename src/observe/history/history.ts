import type { DatabaseSync } from 'node:sqlite'
import type { EventSink, ServeEvent } from '../../events/event.ts'
import { isNodeEvent } from '../../events/fold.ts'
import type { BootStories } from '../../events/stories.ts'
import type { BootStory } from '../../events/story.ts'
import { counterName, countOf } from '../counted.ts'
import { openDatabase } from './database.ts'
import { type HourlyCount, readCounts } from './reader.ts'
import { HistoryWriter } from './writer.ts'

export interface HistoryOptions {
  readonly file: string
  readonly keepDays: number
  readonly maxBytes: number
  /** Told once when writing begins to fail (a full disk), and once when it works again. */
  readonly onTrouble?: (problem: string | undefined) => void
}

/**
 * Boot stories that survive restarts. Subscribes to events after the stories themselves. What ends
 * a stage for a person (a finished or failed download) is committed before anyone is told of it;
 * the steps between are written together a few times a second.
 *
 * A disk that is full costs history, never a boot: changes stay in memory, bounded, and are
 * written when there is room again.
 */
export class History {
  readonly setAside: string | undefined
  readonly #database: DatabaseSync
  readonly #writer: HistoryWriter
  readonly #stories: BootStories

  constructor(stories: BootStories, options: HistoryOptions) {
    const opened = openDatabase(options.file)
    this.setAside = opened.setAside
    this.#database = opened.database
    this.#writer = new HistoryWriter(opened.database, options)
    this.#stories = stories
  }

  readonly record: EventSink = (event) => {
    const name = counterName(event)
    if (name !== undefined) this.#writer.count(event.atMs, name, countOf(event))
    if (!isNodeEvent(event) || event.type === 'tftp.progress') return
    const story = this.#stories.get(event.mac)
    if (story === undefined) return
    this.#writer.put(story)
    if (isMilestone(event)) this.#writer.commit(story)
  }

  /** Writes what is pending; call a few times a second. */
  flush(): void {
    this.#writer.flush()
  }

  /** Drops what is too old or too much, and moves the log into the file; call when no node downloads. */
  tidy(nowMs: number): void {
    this.#writer.tidy(nowMs)
  }

  /** Latest stories, newest first; for filling memory after a restart. */
  recent(limit: number): BootStory[] {
    const rows = this.#database.prepare('SELECT body FROM story ORDER BY last_ms DESC LIMIT ?').all(limit)
    return rows.map((row) => JSON.parse(String(row.body)) as BootStory)
  }

  /** What was counted in the hours since `sinceMs`. */
  counts(sinceMs: number): HourlyCount[] {
    return readCounts(this.#database, sinceMs)
  }

  close(): void {
    this.#writer.flush(Number.POSITIVE_INFINITY)
    this.#writer.checkpoint()
    this.#database.close()
  }
}

/** Not the end of what was never acknowledged: anybody can ask in another's name, a thousand times a second. */
function isMilestone(event: ServeEvent): boolean {
  if (event.type === 'tftp.failed') return event.reason !== 'never-acknowledged'
  return event.type === 'tftp.completed' || event.type === 'http.served'
}
