import type { Environment } from '../ui/streams.ts'

/** Name of a flag's twin in the environment: `state-dir` → `EMF_PXE_STATE_DIR`. */
export function environmentTwin(flag: string): string {
  return `EMF_PXE_${flag.replaceAll('-', '_').toUpperCase()}`
}

/** What the flag tables of command classes hold, as far as we look at it. */
export interface FlagDefinition {
  readonly type: 'boolean' | 'option'
  readonly char?: string
  readonly allowNo?: boolean
  readonly description?: string
  readonly helpValue?: string | readonly string[]
  readonly helpGroup?: string
  readonly options?: readonly string[]
  readonly default?: unknown
  readonly multiple?: boolean
  readonly required?: boolean
  readonly hidden?: boolean
}

export type FlagTable = Readonly<Record<string, FlagDefinition>>

/** The flags of a command class: its own first, those of every command after them. */
export function flagsOf(command: { readonly flags: object; readonly baseFlags: object }): FlagTable {
  return { ...command.flags, ...command.baseFlags } as FlagTable
}

/**
 * Puts what the environment says before what was typed, so that every flag has its twin and
 * the command line wins. A repeatable flag takes a list: `EMF_PXE_INTERFACE=eth0,eth1`.
 */
export function withTwins(argv: readonly string[], flags: FlagTable, environment: Environment): string[] {
  const fromTwins = Object.entries(flags).flatMap(([name, flag]) => {
    const value = environment[environmentTwin(name)]
    if (value === undefined || value === '' || isTyped(name, flag, argv)) return []
    return flag.type === 'boolean' ? booleanWords(name, flag, value) : valueWords(name, flag, value)
  })
  return [...fromTwins, ...argv]
}

/** Spellings of yes in a variable. */
export function isTruthy(value: string | undefined): boolean {
  return ['1', 'true', 'y', 'yes', 'on'].includes((value ?? '').toLowerCase())
}

function isTyped(name: string, flag: FlagDefinition, argv: readonly string[]): boolean {
  return argv.some(
    (word) =>
      word === `--${name}` ||
      word.startsWith(`--${name}=`) ||
      word === `--no-${name}` ||
      (flag.char !== undefined && word.startsWith(`-${flag.char}`)),
  )
}

function booleanWords(name: string, flag: FlagDefinition, value: string): string[] {
  if (isTruthy(value)) return [`--${name}`]
  return flag.allowNo === true ? [`--no-${name}`] : []
}

function valueWords(name: string, flag: FlagDefinition, value: string): string[] {
  const values = flag.multiple === true ? value.split(',').map((part) => part.trim()) : [value]
  return values.map((part) => `--${name}=${part}`)
}
