import { createHash } from 'node:crypto'
import type { ObservedFile } from './host.ts'
import type { DeployTarget } from './values.ts'

/** `program` and `service` go when uninstalled; `configuration` goes only with --purge. */
export type FileRole = 'program' | 'service' | 'configuration'

/** Bytes to write, or a file to copy: the program is too large to be held in a plan. */
export type FileContent =
  | { readonly text: string }
  | { readonly bytes: Uint8Array }
  | { readonly copyOf: string; readonly sha256: string; readonly sizeBytes: number }

export interface DesiredFile {
  readonly kind: 'file'
  readonly path: string
  readonly mode: number
  readonly content: FileContent
  readonly role: FileRole
  /** What it is, in a few words, for the plan on the screen. */
  readonly what: string
}

export interface DesiredCommand {
  readonly kind: 'command'
  /** Stays the same between versions: a receipt finds its undo by it. */
  readonly id: string
  /** What it does, for the plan: `start emf-pxe.service`. */
  readonly title: string
  /** Absent: there is only something to undo. */
  readonly run?: readonly string[]
  /** At uninstallation, and when a later step fails. */
  readonly undo?: readonly string[]
  /** Instead of `undo` when this or a later step fails: brings back what ran before; empty: nothing does. */
  readonly restore?: readonly string[]
  /** When it fails it has taken itself back: neither `undo` nor `restore` is wanted then. */
  readonly takesItselfBack?: boolean
  /** What `undo` or `restore` says when there is nothing to take back: no failure then. */
  readonly nothingToUndo?: RegExp
  /** Asked when it fails, before anything is undone; what it says belongs to the message. */
  readonly whyFailed?: readonly string[]
  /** Runs when an earlier step changes something. */
  readonly afterChange?: boolean
  /** Runs unless this fact was observed to be `yes`. */
  readonly unless?: string
  /** Files of the directory that it runs in, which is gone afterwards. */
  readonly workplace?: readonly {
    readonly name: string
    readonly content: FileContent
    readonly mode: number
  }[]
  readonly timeoutMs?: number
  /** Runs only when the service is known to be well: throws away what an undo would have needed. */
  readonly afterVerified?: boolean
  /** A failure is told and passed over. */
  readonly optional?: boolean
}

export interface DeploySpec {
  readonly target: DeployTarget
  readonly items: readonly (DesiredFile | DesiredCommand)[]
  /** Directories that others make on our behalf, and leave behind empty. */
  readonly directories?: readonly string[]
}

/** What is there before anything is done. */
export interface HostState {
  readonly files: ReadonlyMap<string, ObservedFile>
  /** Answers of other programs, by name: `service-active` → `yes`. */
  readonly facts: ReadonlyMap<string, string>
}

export interface FileStep {
  readonly kind: 'file'
  readonly change: 'new' | 'change' | 'same'
  readonly file: DesiredFile
  readonly before: ObservedFile | undefined
}

export interface CommandStep {
  readonly kind: 'command'
  readonly change: 'run' | 'same'
  readonly command: DesiredCommand
}

export type Step = FileStep | CommandStep

/** Compares what is there with what is wanted. Pure; the same machine planned twice has nothing to do. */
export function plan(observed: HostState, desired: DeploySpec): readonly Step[] {
  const steps: Step[] = []
  for (const item of desired.items)
    steps.push(item.kind === 'file' ? fileStep(observed, item) : commandStep(observed, item, steps))
  return steps
}

function fileStep(observed: HostState, file: DesiredFile): FileStep {
  const before = observed.files.get(file.path)
  const same =
    before !== undefined && before.sha256 === contentHash(file.content) && before.mode === file.mode
  return { kind: 'file', change: before === undefined ? 'new' : same ? 'same' : 'change', file, before }
}

function commandStep(observed: HostState, command: DesiredCommand, earlier: readonly Step[]): CommandStep {
  const changed = command.afterChange === true && hasChanges(earlier)
  const lacking = command.unless !== undefined && observed.facts.get(command.unless) !== 'yes'
  const runs = command.run !== undefined && (changed || lacking)
  return { kind: 'command', change: runs ? 'run' : 'same', command }
}

export function hasChanges(steps: readonly Step[]): boolean {
  return steps.some((step) => step.change !== 'same')
}

export function contentHash(content: FileContent): string {
  if ('sha256' in content) return content.sha256
  return createHash('sha256')
    .update('text' in content ? content.text : content.bytes)
    .digest('hex')
}
