import { basename, dirname, join } from 'node:path'
import { EmfPxeError } from '../errors/error.ts'
import { failureText } from './apply.ts'
import type { DeployHost } from './host.ts'
import { type Receipt, readReceipt, receiptFile } from './receipt.ts'
import { previousProgram } from './upgrade.ts'

/** One thing that an uninstallation does. */
export type RemovalStep =
  | { readonly kind: 'command'; readonly title: string; readonly words: readonly string[] }
  | { readonly kind: 'remove'; readonly path: string; readonly note?: string }
  | { readonly kind: 'restore'; readonly path: string; readonly text: string; readonly mode: number }
  | { readonly kind: 'removeTree'; readonly path: string; readonly note: string }
  | { readonly kind: 'removeEmptyDirectory'; readonly path: string }

export interface Removal {
  readonly receipt: Receipt
  readonly goes: readonly RemovalStep[]
  /** Paths that are kept, for the operator to know. */
  readonly stays: readonly string[]
}

/** Reads the receipt and says what would be done. Throws DEPLOY_NOTHING_INSTALLED without one. */
export async function planRemoval(host: DeployHost, configFile: string, purge: boolean): Promise<Removal> {
  const receipt = await readReceipt(host, configFile)
  if (receipt === undefined)
    throw new EmfPxeError('DEPLOY_NOTHING_INSTALLED', {
      message: `${receiptFile(configFile)} does not exist.`,
    })
  const goes: RemovalStep[] = []
  const stays: string[] = []
  for (const entry of receipt.done.toReversed()) {
    if (entry.kind === 'command') {
      goes.push({ kind: 'command', title: `undo: ${entry.title}`, words: entry.undo })
    } else if (entry.role === 'configuration' && !purge) stays.push(entry.path)
    else if (await host.exists(entry.path)) goes.push(await fileRemoval(host, entry))
  }
  await addPrevious(host, receipt, goes)
  await addState(host, receipt, purge, goes, stays)
  goes.push({ kind: 'remove', path: receiptFile(configFile) })
  const own = ownDirectory(configFile)
  if (purge && own !== undefined) goes.push({ kind: 'removeTree', path: own, note: 'configuration' })
  for (const path of receipt.directories.toReversed()) goes.push({ kind: 'removeEmptyDirectory', path })
  return { receipt, goes, stays }
}

/** The program of before the last upgrade; a later run without an upgrade no longer lists it. */
async function addPrevious(host: DeployHost, receipt: Receipt, goes: RemovalStep[]): Promise<void> {
  const path = previousProgram(receipt)
  if (goes.some((step) => 'path' in step && step.path === path) || !(await host.exists(path))) return
  goes.push({ kind: 'remove', path, note: 'the version of before' })
}

async function fileRemoval(
  host: DeployHost,
  entry: Receipt['done'][number] & { kind: 'file' },
): Promise<RemovalStep> {
  if (entry.replaced !== undefined) return { kind: 'restore', path: entry.path, ...entry.replaced }
  const present = await host.observe(entry.path)
  const changed = entry.role === 'service' && present !== undefined && present.sha256 !== entry.sha256
  return { kind: 'remove', path: entry.path, ...(changed ? { note: 'changed since it was installed' } : {}) }
}

async function addState(
  host: DeployHost,
  { paths }: Receipt,
  purge: boolean,
  goes: RemovalStep[],
  stays: string[],
): Promise<void> {
  const places = [paths.stateDirectory, privateTwin(paths.stateDirectory)].filter(
    (place) => place !== undefined,
  )
  for (const path of places) {
    if (!(await host.exists(path))) continue
    if (purge) goes.push({ kind: 'removeTree', path, note: 'boot file, its history, everything learnt' })
    else if (path === paths.stateDirectory) stays.push(path)
  }
}

/** A directory of our own name also holds what was written later: a stored token, backups of editors. */
function ownDirectory(configFile: string): string | undefined {
  const directory = dirname(configFile)
  return basename(directory) === 'emf-pxe' ? directory : undefined
}

/** With DynamicUser= the directory in /var/lib is a link to this one. */
function privateTwin(stateDirectory: string): string | undefined {
  if (!stateDirectory.startsWith('/var/lib/')) return undefined
  return join('/var/lib/private', stateDirectory.slice('/var/lib/'.length))
}

export interface RemovalObserver {
  done(step: RemovalStep): void
  warned(text: string): void
}

/** Does it all, and goes on when a step fails: an uninstallation that stops half-way helps nobody. */
export async function remove(removal: Removal, host: DeployHost, observer: RemovalObserver): Promise<void> {
  refuseUnsafe(removal)
  for (const step of removal.goes) {
    try {
      if (await removeOne(step, host, observer)) observer.done(step)
    } catch (error) {
      observer.warned(`${'path' in step ? step.path : step.title}: ${String(error)}`)
    }
  }
}

/** Says whether there was something to tell. */
async function removeOne(step: RemovalStep, host: DeployHost, observer: RemovalObserver): Promise<boolean> {
  if (step.kind === 'removeEmptyDirectory') return host.removeEmptyDirectory(step.path)
  if (step.kind === 'remove') await host.remove(step.path)
  else if (step.kind === 'removeTree') await host.removeTree(step.path)
  else if (step.kind === 'restore') await host.write(step.path, step.text, step.mode)
  else {
    const result = await host.run(step.words)
    if (result.exitCode !== 0) observer.warned(failureText(step.words, result))
  }
  return true
}

/** A damaged or forged receipt must not turn into `rm -r /var`. */
function refuseUnsafe({ receipt, goes }: Removal): void {
  for (const step of goes) {
    if (step.kind !== 'removeTree') continue
    const depth = step.path.split('/').filter((part) => part !== '').length
    const system = /^\/(bin|boot|dev|lib\w*|proc|run|sbin|sys|usr)(\/|$)/.test(step.path)
    if (depth >= 2 && !system && !step.path.includes('..')) continue
    throw new EmfPxeError('DEPLOY_RECEIPT_UNREADABLE', {
      message: `${receiptFile(receipt.paths.configFile)} names ${step.path} as the state directory, which cannot be right.`,
      hint: `Correct stateDirectory in ${join(dirname(receipt.paths.configFile), 'receipt.json')}`,
    })
  }
}
