import type { Environment } from '../ui/streams.ts'
import type { Switches } from '../ui/ui.ts'
import { environmentTwin, isTruthy } from './twins.ts'

/**
 * Reads the switches straight from the command line, before it is parsed: an error in the
 * command line itself must already be shown in the right form.
 */
export function readSwitches(argv: readonly string[], environment: Environment): Switches {
  const end = argv.indexOf('--')
  const words = new Set(end === -1 ? argv : argv.slice(0, end))
  const given = (flag: string, short?: string) =>
    words.has(`--${flag}`) ||
    (short !== undefined && words.has(short)) ||
    isTruthy(environment[environmentTwin(flag)])
  return {
    json: given('json'),
    quiet: given('quiet', '-q'),
    yes: given('yes', '-y'),
    noInput: given('no-input'),
    noColor: given('no-color'),
  }
}
