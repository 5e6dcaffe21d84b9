import { type Category, categories, type FinishedCheck } from './check.ts'

/** `emf-pxe/status/1`, without its name: see `docs/schemas/status.schema.json`. */
export interface StatusReport {
  readonly version: string
  /** ISO 8601, UTC. */
  readonly checkedAt: string
  readonly healthy: boolean
  readonly problems: number
  readonly warnings: number
  readonly checks: readonly (Omit<FinishedCheck, 'remedy' | 'because'> & {
    readonly remedy: string | null
    readonly because: string | null
  })[]
}

export function statusReport(checks: readonly FinishedCheck[], version: string, nowMs: number): StatusReport {
  const problems = checks.filter(({ outcome }) => outcome === 'failed').length
  return {
    version,
    checkedAt: new Date(nowMs).toISOString(),
    healthy: problems === 0,
    problems,
    warnings: checks.filter(({ outcome }) => outcome === 'warning').length,
    checks: checks.map((check) => ({
      ...check,
      remedy: check.remedy ?? null,
      because: check.because ?? null,
    })),
  }
}

export function byCategory(
  checks: readonly FinishedCheck[],
): readonly (readonly [Category, readonly FinishedCheck[]])[] {
  return categories
    .map((category) => [category, checks.filter((check) => check.category === category)] as const)
    .filter(([, those]) => those.length > 0)
}
