import { accessSync, constants, existsSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeDirectory } from '../../config/make-directory.ts'

/** Raised with every change of the tables; an older file is brought up step by step. */
const migrations: readonly string[] = [
  `CREATE TABLE story (
     id TEXT PRIMARY KEY,
     mac TEXT NOT NULL,
     started_ms INTEGER NOT NULL,
     last_ms INTEGER NOT NULL,
     stage TEXT NOT NULL,
     body TEXT NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX story_last ON story (last_ms);
   CREATE INDEX story_mac ON story (mac, last_ms);
   CREATE TABLE node (
     mac TEXT PRIMARY KEY,
     uuid TEXT,
     architecture TEXT,
     address TEXT,
     first_seen_ms INTEGER NOT NULL,
     last_seen_ms INTEGER NOT NULL,
     last_stage TEXT NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE counter (
     hour_ms INTEGER NOT NULL,
     name TEXT NOT NULL,
     count INTEGER NOT NULL,
     PRIMARY KEY (hour_ms, name)
   ) WITHOUT ROWID;`,
]

/** Twice what a thousand nodes at once write. */
const mostLogBytes = 64 << 20
const pageBytes = 4096

export interface OpenedDatabase {
  readonly database: DatabaseSync
  /** Where a damaged file was moved to, when a new one had to be begun. */
  readonly setAside: string | undefined
}

/**
 * Opens or makes the history file. A write-ahead log with `synchronous = NORMAL` loses nothing
 * that was committed when the process is killed, and never more than the last moments when the
 * power fails. Checkpoints sync the disk, so they wait for a call that comes when no node downloads;
 * only a log as large as a flood of made-up nodes writes is not waited with.
 */
export function openDatabase(file: string): OpenedDatabase {
  makeDirectory(dirname(file), 0o750)
  try {
    return { database: prepare(file), setAside: undefined }
  } catch (error) {
    if (!isDamaged(error)) throw error
    const setAside = moveAside(file)
    return { database: prepare(file), setAside }
  }
}

/**
 * A second, read-only view for commands beside the running service; undefined when there is no file yet.
 * Throws the system's EACCES when this user may not know whether there is one.
 */
export function openForReading(file: string): DatabaseSync | undefined {
  try {
    accessSync(file, constants.R_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
  return new DatabaseSync(file, { readOnly: true, timeout: 2000 })
}

function prepare(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 2000 })
  try {
    database.exec('PRAGMA auto_vacuum = INCREMENTAL')
    database.exec('PRAGMA journal_mode = WAL')
    database.exec('PRAGMA synchronous = NORMAL')
    database.exec(`PRAGMA wal_autocheckpoint = ${mostLogBytes / pageBytes}`)
    database.exec(`PRAGMA journal_size_limit = ${mostLogBytes}`)
    assertWhole(database)
    migrate(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function assertWhole(database: DatabaseSync): void {
  const row = database.prepare('PRAGMA quick_check(1)').get()
  if (row?.quick_check !== 'ok') throw new DamagedHistory(String(row?.quick_check))
}

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0)
  for (const [index, sql] of migrations.entries()) {
    if (index >= version) database.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${index + 1}; COMMIT`)
  }
}

class DamagedHistory extends Error {}

/** SQLITE_CORRUPT is 11, SQLITE_NOTADB is 26. */
function isDamaged(error: unknown): boolean {
  const code = (error as { errcode?: number }).errcode
  return error instanceof DamagedHistory || code === 11 || code === 26
}

function moveAside(file: string): string {
  const setAside = `${file}.damaged-${Date.now()}`
  renameSync(file, setAside)
  for (const suffix of ['-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, setAside + suffix)
  }
  return setAside
}
