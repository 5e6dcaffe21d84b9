import type { CommandClass } from './base-command.ts'

/** Headings of the root help, in this order: what a person is about to do. */
export const commandGroups = ['Set up', 'Run', 'Look', 'Nodes', 'Help'] as const
export type CommandGroup = (typeof commandGroups)[number]

export interface CommandEntry {
  readonly group: CommandGroup
  /** One line of the root help, at most 58 characters, beginning with a verb, without a full stop. */
  readonly summary: string
  /** Loads the class; the root help and every other command do without it. */
  readonly load: () => Promise<CommandClass>
}

/** Every command by the words that a person types: `fetch`, `nodes import`. */
export type CommandTable = Readonly<Record<string, CommandEntry>>
