import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const projectRoot = join(import.meta.dirname, '..', '..')

/** What `src/cli/build-info.ts` reads back from `build.json`. */
export interface BuildStamp {
  readonly version: string
  readonly commit: string
  readonly committedAt?: string
}

/**
 * Taken from the commit, never from the clock, so that the same source gives the same bytes. A
 * source archive has no commit: EMF_PXE_BUILD_COMMIT and EMF_PXE_BUILD_DATE tell it.
 */
export function readBuildStamp(): BuildStamp {
  const { version } = readJson<{ version: string }>('package.json')
  const { EMF_PXE_BUILD_COMMIT: told, EMF_PXE_BUILD_DATE: date } = process.env
  if (told !== undefined)
    return { version, commit: told, ...(date === undefined ? {} : { committedAt: date }) }
  try {
    const [commit = '', committedAt = ''] = git('log', '-1', '--format=%H %cI').split(' ')
    const changed = git('--no-optional-locks', 'status', '--porcelain', '--untracked-files=no') !== ''
    return { version, commit: changed ? `${commit} with changes` : commit, committedAt }
  } catch {
    return { version, commit: 'unknown (not built from a git clone)' }
  }
}

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(projectRoot, path), 'utf8'))
}

function git(...args: string[]): string {
  return execFileSync('git', args, {
    cwd: projectRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()
}
