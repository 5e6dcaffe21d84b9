import type { DatabaseSync } from 'node:sqlite'
import type { BootStory } from '../../events/story.ts'
import { openForReading } from './database.ts'

/** A node as PXE made it known. Times are milliseconds since 1970. */
export interface SeenNode {
  readonly mac: string
  readonly uuid: string | undefined
  readonly architecture: string | undefined
  readonly address: string | undefined
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly lastStage: string
}

export interface HourlyCount {
  readonly hourMs: number
  readonly name: string
  readonly count: number
}

/** Everything that happened since `sinceMs`, read beside a running service or without one. */
export interface HistoryView {
  /** Newest first. */
  readonly stories: readonly BootStory[]
  readonly nodes: readonly SeenNode[]
  readonly counts: readonly HourlyCount[]
}

const empty: HistoryView = { stories: [], nodes: [], counts: [] }

/** Reads the history file; an absent one is empty. All nodes are given, whenever they were seen. */
export function readHistory(file: string, sinceMs: number, limit = 10_000): HistoryView {
  const database = openForReading(file)
  if (database === undefined) return empty
  try {
    const stories = database
      .prepare('SELECT body FROM story WHERE last_ms >= ? ORDER BY last_ms DESC LIMIT ?')
      .all(sinceMs, limit)
    const nodes = database.prepare('SELECT * FROM node ORDER BY last_seen_ms DESC').all()
    return {
      stories: stories.map((row) => JSON.parse(String(row.body)) as BootStory),
      nodes: nodes.map(toNode),
      counts: readCounts(database, sinceMs),
    }
  } finally {
    database.close()
  }
}

/** The same for an ordinary user's overview; undefined when this user may not read it. */
export function readHistoryIfAllowed(...where: Parameters<typeof readHistory>): HistoryView | undefined {
  try {
    return readHistory(...where)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined
    throw error
  }
}

/** The hour that `sinceMs` lies in, and those after it. */
export function readCounts(database: DatabaseSync, sinceMs: number): HourlyCount[] {
  const rows = database
    .prepare('SELECT * FROM counter WHERE hour_ms > ? ORDER BY hour_ms')
    .all(sinceMs - 3_600_000)
  return rows.map((row) => ({
    hourMs: Number(row.hour_ms),
    name: String(row.name),
    count: Number(row.count),
  }))
}

function toNode(row: Record<string, unknown>): SeenNode {
  const text = (value: unknown) => (value === null ? undefined : String(value))
  return {
    mac: String(row.mac),
    uuid: text(row.uuid),
    architecture: text(row.architecture),
    address: text(row.address),
    firstSeenMs: Number(row.first_seen_ms),
    lastSeenMs: Number(row.last_seen_ms),
    lastStage: String(row.last_stage),
  }
}
