import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { errorMessage } from '../../errors/error-message.ts'
import type { BootStory } from '../../events/story.ts'

const hourMs = 3_600_000
/** Stories waiting for their turn, or for a disk that takes no more; beyond it the oldest change is given up. */
const maxPending = 5_000
/** Written in one go: a flood of made-up nodes must not turn into a flood of writes. */
const mostAtOnce = 128
/** Nodes remembered beyond their stories; more than any site has. */
const mostNodes = 20_000

interface WriterOptions {
  readonly keepDays: number
  readonly maxBytes: number
  readonly onTrouble?: (problem: string | undefined) => void
}

/** Collects changes and commits them in one transaction. */
export class HistoryWriter {
  readonly #database: DatabaseSync
  readonly #options: WriterOptions
  readonly #pending = new Map<string, BootStory>()
  readonly #counts = new Map<string, { hourMs: number; name: string; count: number }>()
  readonly #putStory: StatementSync
  readonly #putNode: StatementSync
  readonly #addCount: StatementSync
  #inTrouble = false

  constructor(database: DatabaseSync, options: WriterOptions) {
    this.#database = database
    this.#options = options
    this.#putStory = database.prepare(
      `INSERT INTO story (id, mac, started_ms, last_ms, stage, body) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET last_ms = excluded.last_ms, stage = excluded.stage, body = excluded.body`,
    )
    this.#putNode = database.prepare(
      `INSERT INTO node (mac, uuid, architecture, address, first_seen_ms, last_seen_ms, last_stage) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (mac) DO UPDATE SET uuid = coalesce(excluded.uuid, uuid), architecture = coalesce(excluded.architecture, architecture),
         address = coalesce(excluded.address, address), last_seen_ms = excluded.last_seen_ms, last_stage = excluded.last_stage`,
    )
    this.#addCount = database.prepare(
      `INSERT INTO counter (hour_ms, name, count) VALUES (?, ?, ?)
       ON CONFLICT (hour_ms, name) DO UPDATE SET count = count + excluded.count`,
    )
  }

  put(story: BootStory): void {
    this.#pending.set(story.id, story)
    if (this.#pending.size <= maxPending) return
    const oldest = this.#pending.keys().next()
    if (!oldest.done) this.#pending.delete(oldest.value)
  }

  count(atMs: number, name: string, by = 1): void {
    const hour = Math.floor(atMs / hourMs) * hourMs
    const key = `${hour} ${name}`
    const entry = this.#counts.get(key)
    if (entry === undefined) this.#counts.set(key, { hourMs: hour, name, count: by })
    else entry.count += by
  }

  /** Commits this story now, as far as it has changed. */
  commit(story: BootStory): void {
    if (this.#pending.has(story.id)) this.#commit([story])
  }

  /** Commits what is pending, the oldest changes first and so many at once. */
  flush(most = mostAtOnce): void {
    if (this.#pending.size === 0 && this.#counts.size === 0) return
    this.#commit([...this.#pending.values()].slice(0, most))
  }

  /** Or keeps all of it when the disk refuses. Never throws. */
  #commit(stories: readonly BootStory[]): void {
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      for (const story of stories) this.#write(story)
      for (const entry of this.#counts.values()) this.#addCount.run(entry.hourMs, entry.name, entry.count)
      this.#database.exec('COMMIT')
      for (const { id } of stories) this.#pending.delete(id)
      this.#counts.clear()
      this.#report(undefined)
    } catch (error) {
      this.#rollBack()
      this.#report(errorMessage(error))
    }
  }

  tidy(nowMs: number): void {
    try {
      const oldestMs = nowMs - this.#options.keepDays * 24 * hourMs
      this.#database.prepare('DELETE FROM story WHERE last_ms < ?').run(oldestMs)
      this.#database.prepare('DELETE FROM counter WHERE hour_ms < ?').run(oldestMs)
      this.#dropNodes()
      this.#dropExcess()
      this.#database.exec('PRAGMA incremental_vacuum')
      this.checkpoint()
    } catch (error) {
      this.#report(errorMessage(error))
    }
  }

  /** Moves the write-ahead log into the file as far as no reader is in the way. */
  checkpoint(): void {
    try {
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch {
      // Busy or full: the log simply stays until the next time.
    }
  }

  #write(story: BootStory): void {
    this.#putStory.run(
      story.id,
      story.mac,
      story.startedAtMs,
      story.lastAtMs,
      story.stage,
      JSON.stringify(story),
    )
    const { mac, uuid, architecture, address, startedAtMs, lastAtMs, stage } = story
    this.#putNode.run(mac, uuid ?? null, architecture ?? null, address ?? null, startedAtMs, lastAtMs, stage)
  }

  /** Those seen last stay. */
  #dropNodes(): void {
    this.#database
      .prepare(
        'DELETE FROM node WHERE mac IN (SELECT mac FROM node ORDER BY last_seen_ms DESC LIMIT -1 OFFSET ?)',
      )
      .run(mostNodes)
  }

  /** Oldest stories first, a tenth at a time, until the used pages fit. */
  #dropExcess(): void {
    while (this.#usedBytes() > this.#options.maxBytes) {
      const gone = this.#database
        .prepare(
          'DELETE FROM story WHERE id IN (SELECT id FROM story ORDER BY last_ms LIMIT 1 + (SELECT count(*) / 10 FROM story))',
        )
        .run()
      if (Number(gone.changes) === 0) return
    }
  }

  #usedBytes(): number {
    const pragma = (name: string) => Number(this.#database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0)
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size')
  }

  #rollBack(): void {
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
    } catch {
      // SQLite rolls back by itself when the disk is full.
    }
  }

  #report(problem: string | undefined): void {
    const inTrouble = problem !== undefined
    if (inTrouble !== this.#inTrouble) this.#options.onTrouble?.(problem)
    this.#inTrouble = inTrouble
  }
}
