import { accessSync, constants } from 'node:fs'
import { delimiter } from 'node:path'
import { escapeText } from '../ui/text.ts'

/** Where administration programs live that a user's PATH leaves out. */
const systemDirectories = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin']

/** Full path of an installed program; undefined when there is none. */
export function findProgram(name: string): string | undefined {
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...systemDirectories]
  return directories.map((directory) => `${directory}/${name}`).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export type ProgramResult =
  | { readonly kind: 'ok'; readonly stdout: string }
  | { readonly kind: 'missing' }
  /** It ran and did not succeed; `problem` is printable, one line. */
  | { readonly kind: 'failed'; readonly problem: string }

export type RunProgram = (name: string, args: readonly string[]) => Promise<ProgramResult>

const timeoutMs = 5000

/** Runs a program that only tells something. Never rejects. */
export const runProgram: RunProgram = async (name, args) => {
  const path = findProgram(name)
  if (path === undefined) return { kind: 'missing' }
  // Loaded when it is needed: serving starts without it.
  const { execa } = await import('execa')
  const env = { LC_ALL: 'C' }
  const result = await execa(path, args, { env, reject: false, timeout: timeoutMs, stdin: 'ignore' })
  if (!result.failed) return { kind: 'ok', stdout: result.stdout }
  const said = result.stderr.trim().split('\n')[0]
  return { kind: 'failed', problem: escapeText(said || result.shortMessage || 'it failed without a word') }
}
