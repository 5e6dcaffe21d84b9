import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { EmfPxeError } from '../errors/error.ts'

/**
 * Makes a directory and those above it; returns the outermost that it made, undefined when all were
 * there. `recursive` of Node is not for paths that a person gives: below /proc, where the parent is
 * there and nothing can be made, it tries for ever, in a thread that keeps the process from ending.
 * @throws EmfPxeError DIRECTORY_UNUSABLE for a place that holds no directories; else the system's error
 */
export function makeDirectory(path: string, mode = 0o755): string | undefined {
  const code = tryMake(path, mode)
  if (code === undefined) return path
  if (code === 'EEXIST' && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return undefined
  if (code !== 'ENOENT' || dirname(path) === path) throw unusable(path, code)
  const outermost = makeDirectory(dirname(path), mode)
  const still = tryMake(path, mode)
  if (still !== undefined && still !== 'EEXIST') throw unusable(path, still)
  return outermost ?? path
}

const systemsOwn = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'ENOTDIR'])

function tryMake(path: string, mode: number): string | undefined {
  try {
    mkdirSync(path, { mode })
    return undefined
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    const isRefused = code === 'EACCES' || code === 'EPERM'
    // What an ordinary user may not do, root may; where root may not either, nobody can.
    if (systemsOwn.has(code) || (isRefused && process.getuid?.() !== 0)) throw error
    return code
  }
}

function unusable(path: string, code: string): unknown {
  const why = code === 'EEXIST' ? 'a file is in the way' : `the system answers ${code}`
  return new EmfPxeError('DIRECTORY_UNUSABLE', {
    message: `${path}: no directory can be made there (${why}).`,
  })
}
