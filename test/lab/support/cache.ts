import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Where the lab keeps what is slow to make or to download, between runs. */
export const labCache = process.env.EMF_PXE_LAB_CACHE ?? '/var/cache/emf-pxe-lab'

/**
 * The directory `name` of the cache, made by `make` when it is not there yet. `make` fills a
 * scratch directory that is renamed when complete, so that an interrupted run leaves no half.
 */
export function cached(name: string, make: (directory: string) => void): string {
  const directory = join(labCache, name)
  if (existsSync(directory)) return directory
  mkdirSync(labCache, { recursive: true })
  const scratch = mkdtempSync(join(labCache, 'making-'))
  try {
    make(scratch)
    if (!existsSync(directory)) renameSync(scratch, directory)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  return directory
}

/** Runs a program to its end in `directory`; throws with its stderr when it fails. */
export function run(program: string, args: readonly string[], directory?: string): string {
  return execFileSync(program, args, {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  })
}
