import { hasAsset, readAsset } from './assets.ts'

/** What this program was built from. */
export interface BuildInfo {
  readonly version: string
  /** Commit of the source, or `source tree` when it was not built. */
  readonly commit: string
  /** Date of that commit (ISO 8601), so that the same source gives the same bytes. */
  readonly committedAt?: string
}

let known: BuildInfo | undefined

/** Read from `build.json`, which the builds write; a source tree has only its `package.json`. */
export function buildInfo(): BuildInfo {
  known ??= hasAsset('build.json') ? parse('build.json') : { ...parse('package.json'), commit: 'source tree' }
  return known
}

function parse(name: string): BuildInfo {
  const { version, commit, committedAt }: Partial<BuildInfo> = JSON.parse(readAsset(name).toString('utf8'))
  return {
    version: version ?? 'unknown',
    commit: commit ?? 'unknown',
    ...(committedAt === undefined ? {} : { committedAt }),
  }
}
