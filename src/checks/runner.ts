import { EmfPxeError } from '../errors/error.ts'
import { translateError } from '../errors/translate.ts'
import type { Clock } from '../net/datagram.ts'
import { escapeText } from '../ui/text.ts'
import { type Check, type CheckResult, consequenceOf, type FinishedCheck, failed, skipped } from './check.ts'
import type { Facts } from './facts.ts'

export interface RunnerOptions {
  readonly clock: Clock
  /** Told of each result as soon as it is there, in no particular order. */
  readonly onFinished?: (check: FinishedCheck) => void
}

/** How the evidence begins where only rights were missing to look. */
export const needsRoot = 'needs root'

/** Longer than the slowest honest check: two endpoints that do not answer, 15 s each. */
const patienceMs = 45_000

/**
 * Runs checks at once, each as soon as those it depends on are done; results come in the order of
 * `checks`. A check that crashes is a result; one whose root failed is not run, and names the root.
 */
export async function runChecks(
  checks: readonly Check[],
  facts: Facts,
  options: RunnerOptions,
): Promise<readonly FinishedCheck[]> {
  const byId = new Map(checks.map((check) => [check.id, check]))
  const running = new Map<string, Promise<FinishedCheck>>()
  const start = (check: Check): Promise<FinishedCheck> => {
    const known = running.get(check.id)
    if (known !== undefined) return known
    const roots = check.dependsOn.flatMap((id) => byId.get(id) ?? []).map(start)
    const result = finish(check, roots, facts, options)
    running.set(check.id, result)
    return result
  }
  return await Promise.all(checks.map(start))
}

async function finish(
  check: Check,
  roots: readonly Promise<FinishedCheck>[],
  facts: Facts,
  { clock, onFinished }: RunnerOptions,
): Promise<FinishedCheck> {
  const root = (await Promise.all(roots)).find(
    ({ outcome, because }) => outcome === 'failed' || because !== undefined,
  )
  const startedAtMs = clock.now()
  const result = root === undefined ? await attempt(check, facts, clock) : consequenceOf(root.id)
  const finished: FinishedCheck = {
    id: check.id,
    category: check.category,
    title: check.title,
    ...result,
    ...(result.remedy === undefined ? {} : { remedy: facts.pasteable(result.remedy) }),
    anchor: `docs/checks.md#${check.id}`,
    durationMs: Math.round(clock.now() - startedAtMs),
    because: root?.because ?? result.because,
  }
  onFinished?.(finished)
  return finished
}

async function attempt(check: Check, facts: Facts, clock: Clock): Promise<CheckResult> {
  const { promise: late, resolve } = Promise.withResolvers<CheckResult>()
  const cancel = clock.schedule(patienceMs, () => resolve(failed(`no result within ${patienceMs / 1000} s`)))
  try {
    return await Promise.race([check.run(facts), late])
  } catch (error) {
    return crashed(error)
  } finally {
    cancel()
  }
}

/** What a check throws is what it found, unless only more rights are missing to look. */
function crashed(error: unknown): CheckResult {
  const { code, message, hint } = translateError(error)
  const [evidence = '', ...more] = message.split('\n')
  const text = escapeText([evidence, ...more.map((line) => line.trim())].join(' '))
  if (code === 'PORT_NOT_PERMITTED' || code === 'PERMISSION_DENIED') return skipped(`${needsRoot}: ${text}`)
  if (error instanceof EmfPxeError) return failed(text, hint)
  return failed(`the check itself broke: ${text} [${code}]`, 'emf-pxe status --bundle emf-pxe-report.tar.gz')
}

/** The named checks or categories, with everything they depend on, in the order of `checks`. */
export function selectChecks(checks: readonly Check[], names: readonly string[]): readonly Check[] {
  const byId = new Map(checks.map((check) => [check.id, check]))
  const wanted = new Set<Check>()
  const add = (check: Check) => {
    if (wanted.has(check)) return
    wanted.add(check)
    for (const id of check.dependsOn) {
      const root = byId.get(id)
      if (root !== undefined) add(root)
    }
  }
  for (const check of checks) if (names.includes(check.id) || names.includes(check.category)) add(check)
  return checks.filter((check) => wanted.has(check))
}
