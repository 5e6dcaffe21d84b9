import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { EmfPxeError } from '../../errors/error.ts'
import { matchOwner } from './atomic-file.ts'

const lockName = 'lock'
const retryMs = 50

/**
 * Runs `task` while no other process writes to `directory`; waits up to `patienceMs` for one that
 * does. The lock is the one that SQLite takes on a file: the kernel lets go of it however a process
 * ends, and it holds between containers that share the directory, where process numbers say nothing.
 * @throws EmfPxeError ARTIFACT_STORE_BUSY
 */
export async function withLock<T>(
  directory: string,
  task: () => Promise<T>,
  patienceMs = 10_000,
): Promise<T> {
  await createLockFile(directory)
  // Loaded here because only writers need it.
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(join(directory, lockName))
  try {
    for (let waitedMs = 0; !tryLock(database); waitedMs += retryMs) {
      if (waitedMs >= patienceMs) throw busy(directory, patienceMs)
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
    return await task()
  } finally {
    database.close()
  }
}

function tryLock(database: { exec(sql: string): void }): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    const sqliteBusy = 5
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return false
    throw error
  }
}

async function createLockFile(directory: string): Promise<void> {
  await using handle = await open(join(directory, lockName), 'a', 0o644)
  await matchOwner(handle, directory)
}

function busy(directory: string, patienceMs: number): EmfPxeError {
  return new EmfPxeError('ARTIFACT_STORE_BUSY', {
    message: `${directory}: another emf-pxe has been writing for more than ${patienceMs / 1000} s.`,
  })
}
