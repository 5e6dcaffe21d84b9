import { readFile } from 'node:fs/promises'
import { EmfPxeError } from '../errors/error.ts'
import { type ConfigDocument, parseConfigText } from './document.ts'
import { migrateConfig } from './migrate.ts'
import { withPlaces } from './places.ts'
import { type ConfigProblem, type FieldPath, problemSentence } from './problem.ts'
import type { Config } from './schema.ts'
import { validateConfig } from './validate.ts'

/** A value that wins over the file: from a flag, or from the environment. */
export interface Override {
  readonly path: FieldPath
  readonly value: unknown
  /** `--interface` or `EMF_PXE_INTERFACE`. */
  readonly origin: string
}

export interface LoadedConfig {
  readonly config: Config
  readonly file: string
  /** Who decided a field: a flag's or variable's name, `file:LINE`, or `default`. */
  provenance(path: FieldPath): string
}

/**
 * Reads the configuration file and lays flags over the environment over the file over the defaults.
 * Throws CONFIG_MISSING, CONFIG_UNREADABLE, or CONFIG_INVALID with every problem in one message.
 *
 * @param overrides in order of weakness: the last one given for a field wins.
 */
export async function loadConfig(file: string, overrides: readonly Override[] = []): Promise<LoadedConfig> {
  return readConfigText(await readText(file), file, overrides)
}

/** As `loadConfig`, for text that is already at hand. */
export function readConfigText(
  text: string,
  file: string,
  overrides: readonly Override[] = [],
): LoadedConfig {
  const document = parseConfigText(text)
  if (document.problems.length > 0) throw invalid(file, document.problems)
  const value = layAll(migrateConfig(document.value).value, overrides)
  const originOf = (path: FieldPath): string | undefined =>
    overrides.findLast((override) => override.path.every((key, index) => key === path[index]))?.origin
  const validated = validateConfig(value, { lineOf: document.lineOf, originOf })
  if (!validated.ok) throw invalid(file, validated.problems)
  return {
    config: validated.config,
    file,
    provenance: (path) => originOf(path) ?? fileOrigin(document, path, file),
  }
}

/** The text of a configuration file; undefined when there is none. @throws EmfPxeError CONFIG_UNREADABLE */
export async function configTextIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return undefined
    throw new EmfPxeError('CONFIG_UNREADABLE', { message: `${file} cannot be read (${code})`, cause })
  }
}

async function readText(file: string): Promise<string> {
  const text = await configTextIfThere(file)
  if (text !== undefined) return text
  const hint = withPlaces('emf-pxe init', { config: file })
  throw new EmfPxeError('CONFIG_MISSING', { message: `${file} does not exist`, hint })
}

/** More than anybody mends at once: the file is something else. */
const mostShown = 20

function invalid(file: string, problems: readonly ConfigProblem[]): EmfPxeError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const lines = problems.slice(0, mostShown).map((problem) => `  ${problemSentence(problem)}`)
  if (problems.length > mostShown) lines.push(`  and ${problems.length - mostShown} more`)
  return new EmfPxeError('CONFIG_INVALID', { message: `${file} has ${count}:\n${lines.join('\n')}` })
}

/** A copy of a configuration with all `overrides` laid over it. */
export function layAll(root: unknown, overrides: readonly Override[]): unknown {
  return overrides.reduce(lay, root)
}

/** A copy of `root` with one value laid over it; the file's own object is left as it is. */
function lay(root: unknown, { path, value }: Override): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  const node = typeof root === 'object' && root !== null ? root : {}
  return {
    ...node,
    [key]: lay((node as Record<PropertyKey, unknown>)[key], { path: rest, value, origin: '' }),
  }
}

function fileOrigin(document: ConfigDocument, path: FieldPath, file: string): string {
  const written = path.reduce<unknown>(
    (node, key) => (node as Record<PropertyKey, unknown> | undefined)?.[key],
    document.value,
  )
  return written === undefined ? 'default' : `${file}:${document.lineOf(path)}`
}
