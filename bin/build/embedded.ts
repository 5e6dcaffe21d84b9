import { globSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectRoot } from './project.ts'

/** Files of the project that travel with the program; `src/cli/assets.ts` reads them. */
export const embeddedPatterns: readonly string[] = [
  'LICENSE',
  'docs/checks.md',
  'docs/errors.md',
  'docs/config.schema.json',
  'templates/**/*',
  // A glob leaves names with a dot in front out.
  'templates/**/.helmignore',
]

/** Asset name → absolute path on disk, sorted by name. */
export function embeddedFiles(): Record<string, string> {
  const names = embeddedPatterns
    .flatMap((pattern) => globSync(pattern, { cwd: projectRoot }))
    .filter((name) => statSync(join(projectRoot, name)).isFile())
    .sort()
  return Object.fromEntries(names.map((name) => [name, join(projectRoot, name)]))
}

/** Writes a file that the build made, and its directory. */
export function writeMade(path: string, content: string | Buffer): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}
