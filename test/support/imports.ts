import { globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

export const projectRoot = join(import.meta.dirname, '..', '..')

export interface Import {
  /** Project-relative file that imports, such as `src/engine/engine.ts`. */
  readonly file: string
  /** Project-relative file, or the name of a package: `node:fs`, `zod`, `@oclif/core`. */
  readonly target: string
  readonly kind: 'file' | 'package'
  /** `import()`, `process.getBuiltinModule()`: loaded only when that line runs. */
  readonly lazy: boolean
  /** `import type`: gone at run time. */
  readonly typeOnly: boolean
}

export interface SourceFile {
  readonly file: string
  readonly text: string
  /** The text with comments blanked, so that words in them count for nothing. */
  readonly code: string
  readonly imports: readonly Import[]
}

/** Every TypeScript file that matches, with what it imports. */
export function readSources(...patterns: string[]): SourceFile[] {
  return patterns
    .flatMap((pattern) => globSync(pattern, { cwd: projectRoot }))
    .sort()
    .map((file) => parseSource(file, readFileSync(join(projectRoot, file), 'utf8')))
}

export function parseSource(file: string, text: string): SourceFile {
  const code = withoutComments(text)
  return { file, text, code, imports: [...importsOf(file, code)] }
}

const importForms =
  /\b(?:import|export)\s+(?<type>type\s)?(?:[\w*{}\s,$]+?\s+from\s+)?['"](?<static>[^'"]+)['"]|\b(?:import|getBuiltinModule)\s*\(\s*['"](?<lazy>[^'"]+)['"]\s*\)/g

function* importsOf(file: string, code: string): Generator<Import> {
  for (const match of code.matchAll(importForms)) {
    const lazy = match.groups?.lazy
    const specifier = lazy ?? match.groups?.static
    if (specifier === undefined) continue
    const own = specifier.startsWith('.')
    yield {
      file,
      target: own ? posix.join(posix.dirname(file), specifier) : packageName(specifier),
      kind: own ? 'file' : 'package',
      lazy: lazy !== undefined,
      typeOnly: match.groups?.type !== undefined,
    }
  }
}

function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** Strings are kept: a `//` inside one (a URL) begins no comment. */
function withoutComments(text: string): string {
  return text.replace(
    /(?<kept>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (match, kept: string | undefined) => kept ?? match.replaceAll(/[^\n]/g, ' '),
  )
}

/** Everything that is loaded as soon as `file` is, following static imports only. */
export function staticClosure(file: string, sources: readonly SourceFile[]): Import[] {
  const known = new Map(sources.map((source) => [source.file, source]))
  const seen = new Set<string>()
  const found: Import[] = []
  const visit = (name: string) => {
    if (seen.has(name)) return
    seen.add(name)
    for (const entry of known.get(name)?.imports ?? []) {
      if (entry.lazy || entry.typeOnly) continue
      found.push(entry)
      if (entry.kind === 'file') visit(entry.target)
    }
  }
  visit(file)
  return found
}
