import { exitCodes } from '../exit-codes.ts'
import { entries } from './entry.ts'

export const configurationErrors = entries({
  CONFIG_MISSING: {
    title: 'The configuration file does not exist',
    exitCode: exitCodes.configuration,
    hint: 'emf-pxe init',
  },
  CONFIG_UNREADABLE: {
    title: 'The configuration file cannot be read',
    exitCode: exitCodes.configuration,
    hint: 'Check the path and its permissions, then run the command again.',
  },
  CONFIG_INVALID: {
    title: 'The configuration has problems',
    exitCode: exitCodes.configuration,
    hint: 'Correct the lines named above; docs/config.md lists every field.',
  },
})
