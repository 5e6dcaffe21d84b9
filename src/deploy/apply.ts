import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import { type CommandResult, createDeployHost, type DeployHost } from './host.ts'
import type { CommandStep, DesiredCommand, FileContent, FileStep, Step } from './plan.ts'

export interface ApplyObserver {
  started(step: Step): void
  done(step: Step): void
  /** An optional step failed, or something could not be undone. */
  warned(text: string): void
}

/** What has been done so far, so that it can be taken back. */
export class Journal {
  readonly steps: Step[] = []
  readonly directories: string[] = []
  /** Copies of files too large for a plan to hold, by the path that they stood at. */
  readonly backups = new Map<string, string>()
}

/**
 * Does the steps that change something, in order, and keeps in `journal` what `undo` needs.
 * Throws DEPLOY_STEP_FAILED or the system's own error at the first that fails; stops between two
 * steps when `abort` fires.
 */
export async function apply(
  steps: readonly Step[],
  host: DeployHost,
  observer: ApplyObserver,
  journal: Journal,
  abort?: AbortSignal,
): Promise<void> {
  for (const step of steps) {
    if (isSettling(step)) continue
    abort?.throwIfAborted()
    observer.started(step)
    await doStep(step, host, observer, journal)
    observer.done(step)
  }
}

function isSettling(step: Step): step is CommandStep {
  return step.kind === 'command' && step.command.afterVerified === true && step.change === 'run'
}

async function doStep(
  step: Step,
  host: DeployHost,
  observer: ApplyObserver,
  journal: Journal,
): Promise<void> {
  // Also a step that has nothing to do: it may hold what a failure has to restore.
  journal.steps.push(step)
  if (step.change === 'same') return
  if (step.kind === 'file') return replaceFile(step, host, journal)
  await runStep(step, host, observer).catch((error: unknown) => {
    if (step.command.takesItselfBack === true) journal.steps.pop()
    throw error
  })
}

async function replaceFile({ file, before }: FileStep, host: DeployHost, journal: Journal): Promise<void> {
  if (before !== undefined && before.text === undefined)
    journal.backups.set(file.path, await host.backUp(file.path))
  journal.directories.push(...(await put(file.content, file.path, file.mode, host)))
}

/** The installation is good: what was kept for an undo goes. */
export async function settle(
  steps: readonly Step[],
  journal: Journal,
  host: DeployHost,
  observer: ApplyObserver,
): Promise<void> {
  for (const step of steps)
    if (isSettling(step))
      await runStep({ ...step, command: { ...step.command, optional: true } }, host, observer)
  for (const backup of journal.backups.values()) await host.remove(backup)
}

function put(content: FileContent, path: string, mode: number, host: DeployHost): Promise<readonly string[]> {
  if ('copyOf' in content) return host.copy(content.copyOf, path, mode)
  return host.write(path, 'text' in content ? content.text : content.bytes, mode)
}

async function runStep({ command }: CommandStep, host: DeployHost, observer: ApplyObserver): Promise<void> {
  const result = await runCommand(command, host)
  if (result.exitCode === 0) return
  const message = failureText(command.run ?? [], result)
  if (command.optional === true) observer.warned(message)
  else throw new EmfPxeError('DEPLOY_STEP_FAILED', { message: message + (await whyFailed(command, host)) })
}

async function whyFailed({ whyFailed: words }: DesiredCommand, host: DeployHost): Promise<string> {
  if (words === undefined) return ''
  const { exitCode, output } = await host.run(words)
  return exitCode === 0 && output.trim() !== '' ? `\n${lastLines(output)}` : ''
}

async function runCommand(command: DesiredCommand, host: DeployHost): Promise<CommandResult> {
  const timeout = command.timeoutMs === undefined ? {} : { timeoutMs: command.timeoutMs }
  if (command.workplace === undefined) return host.run(command.run ?? [], timeout)
  const directory = await mkdtemp(join(tmpdir(), 'emf-pxe-'))
  try {
    for (const { name, content, mode } of command.workplace)
      await put(content, join(directory, name), mode, createDeployHost())
    return await host.run(command.run ?? [], { ...timeout, directory })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Takes back what a journal holds, last step first. Never throws: what cannot be undone is told. */
export async function undo(journal: Journal, host: DeployHost, observer: ApplyObserver): Promise<void> {
  for (const step of journal.steps.toReversed()) {
    if (step.kind === 'file') await quietly(() => restoreFile(step, host, journal), step.file.path, observer)
    else await undoCommand(step, host, observer)
  }
  for (const directory of journal.directories.toReversed()) await host.removeEmptyDirectory(directory)
}

async function restoreFile(
  { file, before, change }: FileStep,
  host: DeployHost,
  journal: Journal,
): Promise<void> {
  if (change === 'same') return
  if (before === undefined) return host.remove(file.path)
  if (before.text !== undefined) await host.write(file.path, before.text, before.mode)
  const backup = journal.backups.get(file.path)
  if (backup !== undefined) await host.rename(backup, file.path)
}

async function undoCommand({ command, change }: CommandStep, host: DeployHost, observer: ApplyObserver) {
  const acted = change === 'run' || command.run === undefined
  const words = acted ? (command.restore ?? command.undo ?? []) : []
  if (words.length === 0) return
  const result = await host.run(words)
  if (result.exitCode === 0 || command.nothingToUndo?.test(result.output) === true) return
  observer.warned(`Not undone: ${failureText(words, result)}`)
}

async function quietly(task: () => Promise<void>, what: string, observer: ApplyObserver): Promise<void> {
  try {
    await task()
  } catch (error) {
    observer.warned(`Not undone: ${what}: ${escapeText(String(error))}`)
  }
}

/** `systemctl restart emf-pxe.service` ended with 1: its last lines. */
export function failureText(words: readonly string[], { exitCode, output }: CommandResult): string {
  const how = exitCode === 127 ? 'was not found' : `ended with ${exitCode}`
  return [`${words.join(' ')} ${how}`, ...(output.trim() === '' ? [] : [lastLines(output)])].join('\n')
}

/** Indented and made harmless: what another program said, for a message of ours. */
export function lastLines(output: string): string {
  const lines = output.trim().split('\n').slice(-12)
  return lines.map((line) => `  ${escapeText(line.trimEnd())}`).join('\n')
}
