import { existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'

export interface DiskFacts {
  /** The directory asked for, or its nearest parent that exists. */
  readonly path: string
  readonly totalBytes: number
  /** What users other than root may still write. */
  readonly freeBytes: number
  /** Files that can still be made; undefined on file systems that do not count them. */
  readonly freeFiles: number | undefined
}

/** Room on the file system that a directory is, or will be, on. Throws what statfs(2) says. */
export function readDisk(directory: string): DiskFacts {
  let path = directory
  while (!existsSync(path) && dirname(path) !== path) path = dirname(path)
  const { bsize, blocks, bavail, files, ffree } = statfsSync(path)
  return {
    path,
    totalBytes: blocks * bsize,
    freeBytes: bavail * bsize,
    freeFiles: files === 0 ? undefined : ffree,
  }
}
