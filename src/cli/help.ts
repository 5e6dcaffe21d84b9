import { EmfPxeError } from '../errors/error.ts'
import { indent, padTo, wrap } from '../ui/text.ts'
import type { Theme } from '../ui/theme.ts'
import type { CommandClass } from './base-command.ts'
import { commandsBelow } from './resolve.ts'
import { type CommandTable, commandGroups } from './table.ts'
import { environmentTwin, type FlagDefinition, flagsOf } from './twins.ts'

export interface HelpLook {
  readonly theme: Theme
  readonly columns: number
}

/** Longer lines are hard to read, however wide the terminal. */
export const widestHelp = 80

const tagline = 'On-site PXE server for Edge Manageability Framework'

const rootExamples: readonly (readonly [command: string, purpose: string])[] = [
  ['emf-pxe init', 'set this site up: questions, a plan, your consent'],
  ['emf-pxe status', 'is it well, and what did it do lately'],
  ['emf-pxe watch', 'see nodes boot, live'],
  ['emf-pxe explain PXE-E18', 'what a code on a node’s screen means'],
]

/** Help of the program: commands grouped by what a person is about to do. */
export function rootHelp(table: CommandTable, look: HelpLook): string {
  const groups = commandGroups
    .map((group) => ({ group, names: Object.keys(table).filter((name) => table[name]?.group === group) }))
    .filter(({ names }) => names.length > 0)
    .map(({ group, names }) => section(group, commandList(names, table, look), look))
  const examples = rootExamples.filter(([command]) => Object.hasOwn(table, command.split(' ')[1] ?? ''))
  const width = Math.max(...rootExamples.map(([command]) => command.length))
  return join([
    `${look.theme.bold('emf-pxe')}: ${tagline}`,
    section('Usage', ['emf-pxe COMMAND [flags]'], look),
    ...groups,
    section(
      'Examples',
      examples.map(([command, purpose]) => `${padTo(command, width)}  ${look.theme.dim(purpose)}`),
      look,
    ),
    [
      'emf-pxe COMMAND --help shows the flags of a command. Every flag has a twin in',
      'the environment: --state-dir DIR is EMF_PXE_STATE_DIR=DIR.',
    ].join('\n'),
  ])
}

/** Help of a word that only begins commands: `nodes`. */
export function topicHelp(topic: string, table: CommandTable, look: HelpLook): string {
  return join([
    section('Usage', [`emf-pxe ${topic} COMMAND [flags]`], look),
    section('Commands', commandList(commandsBelow(topic, table), table, look), look),
  ])
}

/** Help of one command, with the twin of each flag in the environment. */
export async function commandHelp(name: string, table: CommandTable, look: HelpLook): Promise<string> {
  const entry = table[name]
  if (entry === undefined) throw new EmfPxeError('USAGE', { message: `There is no command “${name}”.` })
  const command = await entry.load()
  const flags = Object.entries(flagsOf(command)).filter(([, flag]) => flag.hidden !== true)
  const own = flags.filter(([, flag]) => flag.helpGroup !== 'COMMON')
  const common = flags.filter(([, flag]) => flag.helpGroup === 'COMMON')
  const description = command.description?.trim() ?? ''
  return join([
    `${entry.summary}.`,
    section('Usage', usageLine(name, command), look),
    paragraphs(description, look.columns),
    section('See also', commandList(commandsBelow(name, table), table, look), look),
    section('Arguments', definitionList(argumentRows(command), look), look),
    section('Flags', definitionList(own.map(flagRow), look), look),
    section('Common flags', definitionList(common.map(flagRow), look), look),
    section('Examples', exampleLines(command), look),
  ])
}

export function usageLine(name: string, command: CommandClass): string[] {
  const args = Object.entries(command.args).map(([key, argument]) => {
    const word = key.toUpperCase() + (command.strict ? '' : '…')
    return argument.required === true ? word : `[${word}]`
  })
  return [['emf-pxe', name, ...args, '[flags]'].join(' ')]
}

type Row = readonly [term: string, text: string]

function argumentRows(command: CommandClass): Row[] {
  return Object.entries(command.args).map(([key, argument]) => [
    key.toUpperCase(),
    withNotes(argument.description ?? '', choices(argument.options)),
  ])
}

function flagRow([name, flag]: readonly [string, FlagDefinition]): Row {
  return [
    flagTerm(name, flag),
    withNotes(
      flag.description ?? '',
      flag.required === true ? 'required' : '',
      choices(flag.options),
      defaultNote(flag),
      flag.multiple === true ? 'may be repeated' : '',
      environmentTwin(name),
    ),
  ]
}

/** `-y, --yes`, `    --interface NAME`. */
export function flagTerm(name: string, flag: FlagDefinition): string {
  const short = flag.char === undefined ? '    ' : `-${flag.char}, `
  const help = typeof flag.helpValue === 'string' ? flag.helpValue : 'VALUE'
  return `${short}--${name}${flag.type === 'option' ? ` ${help}` : ''}`
}

function defaultNote(flag: FlagDefinition): string {
  const isPlain = typeof flag.default === 'string' || typeof flag.default === 'number'
  return isPlain ? `default: ${flag.default}` : ''
}

function choices(options: readonly string[] | undefined): string {
  return options === undefined ? '' : `one of: ${options.join(', ')}`
}

function withNotes(text: string, ...notes: string[]): string {
  const kept = notes.filter((note) => note !== '')
  return kept.length === 0 ? text : `${text} [${kept.join('; ')}]`
}

function commandList(names: readonly string[], table: CommandTable, look: HelpLook): string[] {
  return definitionList(
    names.map((name) => [name, table[name]?.summary ?? '']),
    look,
    Math.max(...Object.keys(table).map((name) => name.length)),
  )
}

const widestTerm = 27

/** Terms on the left, wrapped text on the right; a long term gets a line of its own. */
function definitionList(rows: readonly Row[], look: HelpLook, least = 0): string[] {
  const width = Math.min(widestTerm, Math.max(least, ...rows.map(([term]) => term.length)))
  return rows.flatMap(([term, text]) => {
    const lines = wrap(text, look.columns - width - 6)
    const [first = '', ...rest] = lines.map((line) => dimNotes(line, look.theme))
    const below = rest.map((line) => indent(line, width + 2))
    if (term.length > width) return [term, indent(first, width + 2), ...below]
    return [`${padTo(term, width)}  ${first}`, ...below]
  })
}

function dimNotes(line: string, theme: Theme): string {
  return line.replace(/\[[^\]]*\]?$|^[^[]*\]$/, (note) => theme.dim(note))
}

function exampleLines(command: CommandClass): string[] {
  return command.examples.map((example) =>
    typeof example === 'string' ? `$ ${example}` : `$ ${example.command}`,
  )
}

function paragraphs(text: string, columns: number): string {
  return text
    .split('\n\n')
    .map((paragraph) => wrap(paragraph.replaceAll(/\s*\n\s*/g, ' '), columns).join('\n'))
    .join('\n\n')
}

function section(title: string, lines: readonly string[], look: HelpLook): string {
  return lines.length === 0 ? '' : `${look.theme.bold(title)}\n${indent(lines.join('\n'), 2)}`
}

function join(blocks: readonly string[]): string {
  return blocks.filter((block) => block !== '').join('\n\n')
}
