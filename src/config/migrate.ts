import { EmfPxeError } from '../errors/error.ts'

/** One step from a version of the configuration format to the next. */
export interface Migration {
  readonly from: number
  /** What changes for the operator, one sentence. */
  readonly what: string
  readonly migrate: (value: Readonly<Record<string, unknown>>) => Record<string, unknown>
}

export interface Migrated {
  readonly value: unknown
  /** What was changed on the way, in order; empty when the file is of this version. */
  readonly changes: readonly string[]
}

/** Steps in order of `from`; there has been one version so far. */
const migrations: readonly Migration[] = []
const configVersion = 1

/**
 * Brings a parsed configuration of an older version to this one. A file without a version is of
 * version 1. Throws CONFIG_INVALID for a file that a newer program wrote: guessing what its fields
 * mean could serve the wrong nodes.
 *
 * @param steps given by tests.
 */
export function migrateConfig(
  value: unknown,
  steps: readonly Migration[] = migrations,
  newest: number = configVersion,
): Migrated {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { value, changes: [] }
  const written = (value as { readonly version?: unknown }).version ?? 1
  if (typeof written !== 'number') return { value, changes: [] }
  if (written > newest)
    throw new EmfPxeError('CONFIG_INVALID', {
      message: `The configuration is of version ${written}; this program knows up to ${newest}.`,
      hint: 'A newer emf-pxe wrote it. Use that one, or go back with: emf-pxe upgrade --back',
    })
  let current: Record<string, unknown> = { ...value }
  const changes: string[] = []
  for (const step of steps.filter(({ from }) => from >= written && from < newest)) {
    current = { ...step.migrate(current), version: step.from + 1 }
    changes.push(step.what)
  }
  return { value: changes.length === 0 ? value : current, changes }
}
