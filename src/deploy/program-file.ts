import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isSea } from 'node:sea'
import { pipeline } from 'node:stream/promises'
import type { ProgramFile } from './targets/target.ts'
import { defaultPaths, type InstallPaths } from './values.ts'

/** Names the file that runs, also when its name has been given to another one meanwhile. */
const ownFile = '/proc/self/exe'

/** The single binary that is running; undefined when Node runs a script. */
export async function runningProgram(): Promise<ProgramFile | undefined> {
  return isSea() ? programFile(ownFile) : undefined
}

export async function programFile(path: string): Promise<ProgramFile> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  const { size } = await stat(path)
  return { path, sha256: hash.digest('hex'), sizeBytes: size }
}

/** Words that start this program as it runs now, installed or not. */
export function runningWords(): InstallPaths['program'] {
  return isSea() ? [process.execPath] : programWords()
}

/** Words that start this program once it is installed: the binary in its place, else Node and this script. */
export function programWords(): InstallPaths['program'] {
  const script = process.argv[1]
  return isSea() || script === undefined ? defaultPaths.program : [process.execPath, resolve(script)]
}
