import { nearest } from '../config/nearest.ts'
import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import { allChecks } from './all.ts'
import { categories, type FinishedCheck } from './check.ts'
import { Facts, type FactsOptions } from './facts.ts'
import { runChecks, selectChecks } from './runner.ts'

/**
 * Runs all checks, or the named checks and categories with what they depend on.
 * @throws EmfPxeError USAGE for a name that is neither
 */
export async function checkStatus(
  options: FactsOptions,
  only: readonly string[] = [],
): Promise<readonly FinishedCheck[]> {
  const names: readonly string[] = [...categories, ...allChecks.map(({ id }) => id)]
  const unknown = only.find((name) => !names.includes(name))
  if (unknown !== undefined) throw unknownCheck(unknown, names)
  const checks = only.length === 0 ? allChecks : selectChecks(allChecks, only)
  return runChecks(checks, new Facts(options), { clock: options.clock })
}

function unknownCheck(typed: string, names: readonly string[]): EmfPxeError {
  const meant = nearest(typed, names)
  return new EmfPxeError('USAGE', {
    message: `There is no check or category “${escapeText(typed)}”.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
    hint: `emf-pxe status --only ${meant ?? 'network'}`,
  })
}
