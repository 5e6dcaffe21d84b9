import type { Facts } from './facts.ts'

/** In the order in which they are shown: what is near first. */
export const categories = ['host', 'network', 'artifact', 'orchestrator', 'service', 'live'] as const
export type Category = (typeof categories)[number]

/** `skipped`: could not or need not be checked; `evidence` says why. */
export type Outcome = 'ok' | 'warning' | 'failed' | 'skipped'

export interface CheckResult {
  readonly outcome: Outcome
  /** What was seen, one line, safe for a terminal. */
  readonly evidence: string
  /** What to do: a command that can be pasted, or a sentence where no command can help. */
  readonly remedy?: string
  /** The failed check that this result is nothing but a consequence of. */
  readonly because?: string | undefined
}

/** A statement that should be true, and how to find out. */
export interface Check {
  /** Stable name; `docs/checks.md` has a section for each. */
  readonly id: string
  readonly category: Category
  /** The statement. */
  readonly title: string
  /** Checks without which this one says nothing new: it is folded into the first that failed. */
  readonly dependsOn: readonly string[]
  /** May throw: an EmfPxeError is a result with its own remedy. */
  run(facts: Facts): CheckResult | Promise<CheckResult>
}

/** A check that was run, or folded. */
export interface FinishedCheck extends CheckResult {
  readonly id: string
  readonly category: Category
  readonly title: string
  /** Where it is explained: `docs/checks.md#ID`. */
  readonly anchor: string
  readonly durationMs: number
  /** The failed check that this one is a consequence of. */
  readonly because: string | undefined
}

export function ok(evidence: string): CheckResult {
  return { outcome: 'ok', evidence }
}

export function warning(evidence: string, remedy?: string): CheckResult {
  return remedy === undefined ? { outcome: 'warning', evidence } : { outcome: 'warning', evidence, remedy }
}

export function failed(evidence: string, remedy?: string): CheckResult {
  return remedy === undefined ? { outcome: 'failed', evidence } : { outcome: 'failed', evidence, remedy }
}

export function skipped(evidence: string): CheckResult {
  return { outcome: 'skipped', evidence }
}

/** For what turned out, while looking, to say nothing new beside the failed check `id`. */
export function consequenceOf(id: string): CheckResult {
  return { outcome: 'skipped', evidence: `not checked: see ${id}`, because: id }
}

const badness: readonly Outcome[] = ['ok', 'skipped', 'warning', 'failed']

/** The results of several NICs or files as one: the worst outcome, what the bad ones saw. */
export function worstOf(results: readonly CheckResult[]): CheckResult {
  const worst = results.reduce<Outcome>(
    (left, { outcome }) => (badness.indexOf(outcome) > badness.indexOf(left) ? outcome : left),
    'ok',
  )
  const telling = results.filter(({ outcome }) => outcome === worst)
  const remedies = [...new Set(telling.flatMap(({ remedy }) => remedy ?? []))]
  const evidence = telling.map((result) => result.evidence).join('; ')
  return remedies.length === 0
    ? { outcome: worst, evidence }
    : { outcome: worst, evidence, remedy: remedies.join('\n') }
}
