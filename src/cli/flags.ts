import { boolean, string } from '@oclif/core/flags'
import { defaultConfigFile, defaultStateDirectory } from '../config/places.ts'

/**
 * Flags that mean the same in every command that has them. A command takes those that apply:
 * `static override flags = { ...commonFlags('json', 'config'), … }`.
 */
const common = {
  config: string({
    description: 'Configuration file.',
    default: defaultConfigFile,
    helpValue: 'FILE',
    helpGroup: 'COMMON',
  }),
  'state-dir': string({
    description: 'Directory of what is kept between runs: boot file, history, receipt.',
    default: defaultStateDirectory,
    helpValue: 'DIR',
    helpGroup: 'COMMON',
  }),
  'dry-run': boolean({ description: 'Show what would be done; change nothing.', helpGroup: 'COMMON' }),
  yes: boolean({
    char: 'y',
    description: 'Answer every confirmation with yes.',
    helpGroup: 'COMMON',
  }),
  'no-input': boolean({
    description: 'Never ask; fail and name the flag when an answer is missing.',
    helpGroup: 'COMMON',
  }),
  json: boolean({ description: 'Print the result as JSON on stdout.', helpGroup: 'COMMON' }),
  quiet: boolean({
    char: 'q',
    description: 'Say nothing but the result, warnings and errors.',
    helpGroup: 'COMMON',
  }),
}

type Common = typeof common

export function commonFlags<const Name extends keyof Common>(...names: readonly Name[]): Pick<Common, Name> {
  return Object.fromEntries(names.map((name) => [name, common[name]])) as Pick<Common, Name>
}

/** Flags of every command, whatever it declares. */
export const universalFlags = {
  'no-color': boolean({ description: 'Never use colours.', helpGroup: 'COMMON' }),
}
