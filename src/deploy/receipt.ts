import { dirname, join } from 'node:path'
import { z } from 'zod'
import { EmfPxeError } from '../errors/error.ts'
import type { DeployHost } from './host.ts'
import { type CommandStep, contentHash, type FileStep, type Step } from './plan.ts'
import { type DeployTarget, deployTargets, type RenderValues } from './values.ts'

const words = z.array(z.string()).readonly()

const fileEntrySchema = z.object({
  kind: z.literal('file'),
  path: z.string().startsWith('/'),
  sha256: z.string(),
  role: z.enum(['program', 'service', 'configuration']),
  /** A file of somebody else that stood there before: put back when this one goes. */
  replaced: z.object({ text: z.string(), mode: z.int() }).optional(),
})
const commandEntrySchema = z.object({
  kind: z.literal('command'),
  id: z.string(),
  title: z.string(),
  undo: words,
})

const receiptSchema = z.object({
  receiptVersion: z.literal(1),
  /** Version of the program that wrote it. */
  version: z.string(),
  target: z.enum(deployTargets),
  writtenAt: z.iso.datetime(),
  /** False while an installation runs: what a power cut left can still be taken away. */
  complete: z.boolean(),
  paths: z.object({
    program: z.tuple([z.string()], z.string()).readonly(),
    configFile: z.string(),
    stateDirectory: z.string(),
  }),
  kubernetes: z.object({
    release: z.string(),
    namespace: z.string(),
    imageRepository: z.string(),
    imageTag: z.string(),
    chartRegistry: z.string(),
  }),
  /** In the order in which it was done; undone from the end. */
  done: z.array(z.discriminatedUnion('kind', [fileEntrySchema, commandEntrySchema])).readonly(),
  /** Directories that the installation made, outermost first. */
  directories: z.array(z.string().startsWith('/')).readonly(),
  /** What an upgrade replaced. */
  previous: z.object({ version: z.string(), configText: z.string() }).optional(),
})

/** What an installation did, so that it can be undone and upgraded by a program that was not there. */
export type Receipt = z.output<typeof receiptSchema>
export type ReceiptEntry = Receipt['done'][number]

/**
 * The receipt lies beside the configuration, in a directory that only root writes: uninstalling
 * trusts it with what to delete, so it must not be where the service itself may write.
 */
export function receiptFile(configFile: string): string {
  return join(dirname(configFile), 'receipt.json')
}

/** Undefined when nothing was installed; throws DEPLOY_RECEIPT_UNREADABLE when it cannot be used. */
export async function readReceipt(host: DeployHost, configFile: string): Promise<Receipt | undefined> {
  const path = receiptFile(configFile)
  const file = await host.observe(path)
  if (file === undefined) return undefined
  const parsed = receiptSchema.safeParse(parseJson(file.text ?? ''))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new EmfPxeError('DEPLOY_RECEIPT_UNREADABLE', {
    message: `${path} cannot be used: ${issue?.path.join('.') || 'the whole file'}: ${issue?.message}`,
  })
}

export async function writeReceipt(host: DeployHost, receipt: Receipt): Promise<readonly string[]> {
  const path = receiptFile(receipt.paths.configFile)
  return host.write(path, `${JSON.stringify(receipt, undefined, 2)}\n`, 0o644)
}

export interface ReceiptFacts {
  readonly target: DeployTarget
  readonly values: RenderValues
  readonly writtenAt: Date
  readonly complete: boolean
  /** Made so far in this run. */
  readonly directories: readonly string[]
}

/**
 * The receipt of a plan. What the last receipt knew of the time before any installation (files of
 * others, settings to restore) is carried on: a second run must not take our own work for theirs.
 */
export function receiptOf(steps: readonly Step[], facts: ReceiptFacts, last: Receipt | undefined): Receipt {
  const { paths, kubernetes, version } = facts.values
  return {
    receiptVersion: 1,
    version,
    target: facts.target,
    writtenAt: facts.writtenAt.toISOString(),
    complete: facts.complete,
    paths: { ...paths, program: [...paths.program] },
    kubernetes,
    done: steps.flatMap((step) =>
      step.kind === 'file' ? [fileEntry(step, last)] : commandEntry(step, last),
    ),
    directories: [...new Set([...(last?.directories ?? []), ...facts.directories])],
    ...previousOf(facts, steps, last),
  }
}

function fileEntry({ file, before, change }: FileStep, last: Receipt | undefined): ReceiptEntry {
  const known = last?.done.find((entry) => entry.kind === 'file' && entry.path === file.path)
  // A program and an identical file are ours, whoever copied them there (the install script did).
  const foreign = known === undefined && change === 'change' && file.role !== 'program'
  const replaced =
    known?.kind === 'file'
      ? known.replaced
      : foreign && before?.text !== undefined
        ? { text: before.text, mode: before.mode }
        : undefined
  return {
    kind: 'file',
    path: file.path,
    sha256: contentHash(file.content),
    role: file.role,
    ...(replaced === undefined ? {} : { replaced }),
  }
}

function commandEntry({ command }: CommandStep, last: Receipt | undefined): ReceiptEntry[] {
  const known = last?.done.find((entry) => entry.kind === 'command' && entry.id === command.id)
  const undo = known?.kind === 'command' ? known.undo : command.undo
  return undo === undefined ? [] : [{ kind: 'command', id: command.id, title: command.title, undo }]
}

/** Remembers the version before this one; a run of the same version leaves that memory as it is. */
function previousOf(facts: ReceiptFacts, steps: readonly Step[], last: Receipt | undefined) {
  if (last === undefined) return {}
  if (last.version === facts.values.version)
    return last.previous === undefined ? {} : { previous: last.previous }
  const config = steps.find(
    (step) => step.kind === 'file' && step.file.path === facts.values.paths.configFile,
  )
  const configText = (config as { before?: { text?: string } } | undefined)?.before?.text ?? ''
  return { previous: { version: last.version, configText } }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
