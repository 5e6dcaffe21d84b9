import type { ExitCode } from '../exit-codes.ts'

export interface CatalogEntry {
  /** What happened, without values. */
  readonly title: string
  readonly exitCode: ExitCode
  /** What to try when the place that raised it knows nothing better. */
  readonly hint: string
}

/** Keeps the literal keys while checking each entry. */
export function entries<const T extends Record<string, CatalogEntry>>(table: T): T {
  return table
}
