import { EmfPxeError } from '../../errors/error.ts'
import type { CommandResult, DeployHost } from '../host.ts'
import type { DesiredFile, FileRole } from '../plan.ts'
import type { RenderedFile } from '../values.ts'
import type { ProgramFile, SpecInput } from './target.ts'

/** What comes first after an installation, whatever the command for it is. */
export const toWatchABoot = 'Boot a node from its network card (PXE over IPv4), and watch it'

/** Asks a program for its version; throws DEPLOY_TOOL_MISSING when it is not there. */
export async function needTool(
  host: DeployHost,
  words: readonly string[],
  hint: string,
): Promise<CommandResult> {
  const result = await host.run(words, { timeoutMs: 15_000 })
  if (result.exitCode !== 127) return result
  throw new EmfPxeError('DEPLOY_TOOL_MISSING', { message: `${words[0]} is not installed here.`, hint })
}

/** A rendered file as a step of the plan. */
export function desired(file: RenderedFile, role: FileRole, what: string): DesiredFile[] {
  if (file.path === undefined) return []
  const content = typeof file.content === 'string' ? { text: file.content } : { bytes: file.content }
  return [{ kind: 'file', path: file.path, mode: file.mode, content, role, what }]
}

/** The rendered file of that short name: targets know which ones they made. */
export function named(files: readonly RenderedFile[], name: string): RenderedFile {
  const file = files.find((candidate) => candidate.name === name)
  if (file === undefined) throw new Error(`no rendered file is called ${name}`)
  return file
}

/** The program where it runs from; nothing when Node and a script run it. */
export function installedProgram({ values, program, replaced }: SpecInput): DesiredFile[] {
  const [path] = values.paths.program
  if (program === undefined) return []
  const what = `copy of this program, sha256 ${program.sha256.slice(0, 12)}…`
  return [
    // First, while it is still there; `emf-pxe upgrade --back` takes it from here.
    ...(replaced === undefined ? [] : [programCopy(replaced, previousPath(path), 'the version of before')]),
    programCopy(program, path, what),
  ]
}

export function previousPath(program: string): string {
  return `${program}.previous`
}

function programCopy(
  { path: copyOf, sha256, sizeBytes }: ProgramFile,
  path: string,
  what: string,
): DesiredFile {
  return { kind: 'file', path, mode: 0o755, content: { copyOf, sha256, sizeBytes }, role: 'program', what }
}

export function needBinary(program: ProgramFile | undefined): void {
  if (program !== undefined) return
  throw new EmfPxeError('DEPLOY_BINARY_NEEDED', {
    message: 'The image is made of the single binary, and this program runs from its sources.',
  })
}

export function yesNo(value: boolean): string {
  return value ? 'yes' : 'no'
}
