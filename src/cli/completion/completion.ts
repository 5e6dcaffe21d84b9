import { EmfPxeError } from '../../errors/error.ts'
import { explainableCodes } from '../../errors/explain.ts'
import type { CommandTable } from '../table.ts'
import { flagsOf } from '../twins.ts'
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import { zshScript } from './zsh.ts'

export const shells = ['bash', 'zsh', 'fish'] as const

/** What a shell has to know about a command. */
export interface CompletableCommand {
  readonly name: string
  readonly summary: string
  readonly flags: readonly CompletableFlag[]
  /** Words that its first argument can be. */
  readonly words: readonly string[]
}

export interface CompletableFlag {
  /** Without dashes. */
  readonly name: string
  readonly description: string
  readonly takesValue: boolean
  /** Values to choose from; empty for free text. */
  readonly values: readonly string[]
  /** The value is a file or a directory. */
  readonly isPath: boolean
}

export function completionScript(shell: string, commands: readonly CompletableCommand[]): string {
  if (shell === 'bash') return bashScript(commands)
  if (shell === 'zsh') return zshScript(commands)
  if (shell === 'fish') return fishScript(commands)
  throw new EmfPxeError('USAGE', { message: `No completion for ${shell}; there is ${shells.join(', ')}.` })
}

/** Loads every command and reads its flags. */
export async function describeCommands(table: CommandTable): Promise<CompletableCommand[]> {
  return Promise.all(
    Object.entries(table).map(async ([name, entry]) => {
      const command = await entry.load()
      const [firstArgument] = Object.values(command.args)
      const flags = Object.entries(flagsOf(command))
        .filter(([, flag]) => flag.hidden !== true)
        .map(([flagName, flag]) => ({
          name: flagName,
          description: firstSentence(flag.description ?? ''),
          takesValue: flag.type === 'option',
          values: flag.options ?? [],
          isPath: flag.helpValue === 'FILE' || flag.helpValue === 'DIR',
        }))
      const words = name === 'explain' ? explainableCodes() : (firstArgument?.options ?? [])
      return { name, summary: entry.summary, flags, words }
    }),
  )
}

/** First words of the commands, each once: `nodes` for `nodes list` and `nodes import`. */
export function firstWords(commands: readonly CompletableCommand[]): string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? name))]
}

/** Second words that can follow a first one. */
export function secondWords(first: string, commands: readonly CompletableCommand[]): string[] {
  return commands.flatMap(({ name }) => (name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : []))
}

function firstSentence(text: string): string {
  return text.split(/[.;:](\s|$)/, 1)[0] ?? text
}
