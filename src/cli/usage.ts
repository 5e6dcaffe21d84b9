import { nearest } from '../config/nearest.ts'
import { catalog } from '../errors/catalog.ts'
import { EmfPxeError } from '../errors/error.ts'
import { translateError } from '../errors/translate.ts'
import type { CommandClass } from './base-command.ts'
import { flagsOf } from './twins.ts'

/** Makes what the parser refused point at the help of the command, and at the flag that was meant. */
export async function explainUsage<T>(task: Promise<T>, name: string, command: CommandClass): Promise<T> {
  try {
    return await task
  } catch (error) {
    const translated = translateError(error)
    if (translated.code !== 'USAGE' || translated.hint !== catalog.USAGE.hint) throw error
    throw new EmfPxeError('USAGE', {
      message: translated.message + meantFlag(translated.message, command),
      hint: `emf-pxe ${name} --help`,
      cause: error,
    })
  }
}

function meantFlag(message: string, command: CommandClass): string {
  const unknown = /^Unknown flag: --([\w-]+)/.exec(message)?.[1]
  const meant =
    unknown === undefined ? undefined : nearest(unknown, [...Object.keys(flagsOf(command)), 'help'])
  return meant === undefined ? '' : `. Did you mean --${meant}?`
}
