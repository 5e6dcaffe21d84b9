import { nearest } from '../config/nearest.ts'
import { EmfPxeError } from '../errors/error.ts'
import type { CommandTable } from './table.ts'

export type Target =
  | { readonly kind: 'version' }
  | { readonly kind: 'root-help' }
  /** `nodes` when there are only `nodes list`, `nodes import`…. */
  | { readonly kind: 'topic-help'; readonly topic: string }
  | { readonly kind: 'command-help'; readonly name: string }
  | { readonly kind: 'command'; readonly name: string; readonly argv: readonly string[] }

const longestName = 2

/** What the command line asks for; throws USAGE with the nearest name when nothing matches. */
export function resolveTarget(argv: readonly string[], table: CommandTable): Target {
  const wantsHelp = asksForHelp(argv)
  const words = argv[0] === 'help' ? argv.slice(1) : argv
  const first = words[0]
  if (first === '--version' || first === '-V') return { kind: 'version' }
  if (first === undefined || (first.startsWith('-') && wantsHelp)) return { kind: 'root-help' }
  const name = longestMatch(words, table)
  if (name !== undefined) {
    if (wantsHelp) return { kind: 'command-help', name }
    refuseUnknownBelow(name, words[name.split(' ').length], table)
    return { kind: 'command', name, argv: words.slice(name.split(' ').length) }
  }
  const isTopic = commandsBelow(first, table).length > 0
  const next = words[1]
  if (isTopic && (next === undefined || next.startsWith('-'))) return { kind: 'topic-help', topic: first }
  throw unknownCommand(isTopic ? `${first} ${next}` : first, table)
}

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  const words = end === -1 ? argv : argv.slice(0, end)
  return words[0] === 'help' || words.includes('--help') || words.includes('-h')
}

function longestMatch(words: readonly string[], table: CommandTable): string | undefined {
  for (let count = Math.min(longestName, words.length); count > 0; count--) {
    const name = words.slice(0, count).join(' ')
    if (Object.hasOwn(table, name)) return name
  }
  return undefined
}

/** `nodes lst`: `nodes` is a command, and others are below it. */
function refuseUnknownBelow(name: string, next: string | undefined, table: CommandTable): void {
  if (next === undefined || next.startsWith('-') || commandsBelow(name, table).length === 0) return
  throw unknownCommand(`${name} ${next}`, table, `emf-pxe ${name} --help`)
}

export function commandsBelow(name: string, table: CommandTable): string[] {
  return Object.keys(table).filter((known) => known.startsWith(`${name} `))
}

function unknownCommand(typed: string, table: CommandTable, help = 'emf-pxe --help'): EmfPxeError {
  const meant = nearest(typed, Object.keys(table))
  if (typed.startsWith('-'))
    return new EmfPxeError('USAGE', { message: `A command must come before ${typed}.` })
  return new EmfPxeError('USAGE', {
    message: `There is no command “${typed}”.${meant === undefined ? '' : ` Did you mean “${meant}”?`}`,
    hint: meant === undefined ? help : `emf-pxe ${meant} --help`,
  })
}
