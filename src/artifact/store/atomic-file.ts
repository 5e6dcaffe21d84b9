import { randomBytes } from 'node:crypto'
import { chown, type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeDirectory } from '../../config/make-directory.ts'

/** Where a write has come to; tests stop the process at each. */
export type WriteStep = 'created' | 'written' | 'synced' | 'placed' | 'durable'

/**
 * Puts a whole file into place: under a temporary name, flushed to disk, renamed, and the directory
 * flushed. At every moment, power cut included, `name` is either what it was or all of `bytes`.
 * Rejects with the system's error; the temporary file is gone then.
 */
export async function writeAtomically(
  directory: string,
  name: string,
  bytes: Uint8Array | string,
  onStep: (step: WriteStep) => void = () => undefined,
): Promise<void> {
  const temporary = join(directory, `.${name}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await writeSynced(temporary, directory, bytes, onStep)
    await rename(temporary, join(directory, name))
    onStep('placed')
    await syncDirectory(directory)
    onStep('durable')
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}

async function writeSynced(
  path: string,
  directory: string,
  bytes: Uint8Array | string,
  onStep: (step: WriteStep) => void,
): Promise<void> {
  await using handle = await open(path, 'wx', 0o644)
  onStep('created')
  await matchOwner(handle, directory)
  await handle.writeFile(bytes)
  onStep('written')
  await handle.sync()
  onStep('synced')
}

/** Makes renames and removals in a directory last through a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory, 'r')
  await handle.sync()
}

/** Makes a directory, and those above it, so that it lasts; one that is there is left as it is. */
export async function makeLastingDirectory(directory: string): Promise<void> {
  const firstMade = makeDirectory(directory)
  if (firstMade === undefined) return
  const parent = dirname(firstMade)
  if (process.getuid?.() === 0) {
    const { uid, gid } = await stat(parent)
    await chown(directory, uid, gid)
  }
  await syncDirectory(parent)
}

/** Removes what interrupted writes left behind. Only for the one writer that may be at work. */
export async function removeStaleTemporaries(directory: string): Promise<void> {
  const stale = (await readdir(directory)).filter((name) => /^\..+\.[0-9a-f]{12}\.tmp$/.test(name))
  await Promise.all(stale.map((name) => rm(join(directory, name), { force: true })))
}

/**
 * `fetch` by hand as root must not leave files that the service's own user cannot replace: a new file
 * belongs to whoever owns the directory.
 */
export async function matchOwner(handle: FileHandle, directory: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = await stat(directory)
  await handle.chown(uid, gid)
}
