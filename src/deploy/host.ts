import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import * as fs from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { execa } from 'execa'
import { makeDirectory } from '../config/make-directory.ts'

export interface ObservedFile {
  readonly sha256: string
  /** Permission bits. */
  readonly mode: number
  readonly sizeBytes: number
  /** Content of a text file of ours; absent for anything large or binary. */
  readonly text?: string
}

export interface CommandResult {
  readonly exitCode: number
  readonly stdout: string
  /** What it said, stdout and stderr in the order they came. */
  readonly output: string
}

/** The one door to the machine: plans and receipts are tested without it. */
export interface DeployHost {
  observe(path: string): Promise<ObservedFile | undefined>
  /** All or nothing: a reader sees the old file or the new one. Returns directories it had to make. */
  write(path: string, content: string | Uint8Array, mode: number): Promise<readonly string[]>
  copy(source: string, path: string, mode: number): Promise<readonly string[]>
  /** Copies a file beside itself; returns where. */
  backUp(path: string): Promise<string>
  /** Puts a file in another's place. */
  rename(from: string, to: string): Promise<void>
  exists(path: string): Promise<boolean>
  /** The path as this process opens it. */
  locate(path: string): string
  remove(path: string): Promise<void>
  /** Removes a directory when nothing is in it; says whether it did. */
  removeEmptyDirectory(path: string): Promise<boolean>
  removeTree(path: string): Promise<void>
  run(words: readonly string[], options?: RunOptions): Promise<CommandResult>
}

export interface RunOptions {
  readonly timeoutMs?: number
  readonly directory?: string
  readonly input?: string
}

const largestTextBytes = 256 * 1024
const commandTimeoutMs = 120_000

/** @param root in front of every path; only tests give one. */
export function createDeployHost(options: { readonly root?: string } = {}): DeployHost {
  const at = (path: string): string => (options.root === undefined ? path : join(options.root, path))
  const place = async (path: string, mode: number, fillIn: (temporary: string) => Promise<void>) => {
    const made = await makeDirectories(dirname(path), at)
    const temporary = `${at(path)}.${randomBytes(4).toString('hex')}.new`
    try {
      await fillIn(temporary)
      await fs.chmod(temporary, mode)
      await syncFile(temporary)
      await fs.rename(temporary, at(path))
      await syncFile(dirname(at(path)))
    } catch (error) {
      await fs.rm(temporary, { force: true })
      throw error
    }
    return made
  }
  return {
    observe: (path) => observeFile(at(path)),
    write: (path, content, mode) => place(path, mode, (temporary) => fs.writeFile(temporary, content)),
    copy: (source, path, mode) => place(path, mode, (temporary) => fs.copyFile(source, temporary)),
    backUp: async (path) => {
      await fs.copyFile(at(path), `${at(path)}.before`)
      return `${path}.before`
    },
    locate: at,
    rename: (from, to) => fs.rename(at(from), at(to)),
    exists: async (path) => (await fs.lstat(at(path)).catch(() => undefined)) !== undefined,
    remove: (path) => fs.rm(at(path), { force: true }),
    removeEmptyDirectory: (path) =>
      fs.rmdir(at(path)).then(
        () => true,
        () => false,
      ),
    removeTree: (path) => fs.rm(at(path), { recursive: true, force: true }),
    run: (words, run = {}) => runCommand(words, run),
  }
}

async function runCommand(
  [program = '', ...rest]: readonly string[],
  run: RunOptions,
): Promise<CommandResult> {
  const result = await execa(program, rest, {
    reject: false,
    all: true,
    stdin: run.input === undefined ? 'ignore' : 'pipe',
    timeout: run.timeoutMs ?? commandTimeoutMs,
    ...(run.input === undefined ? {} : { input: run.input }),
    ...(run.directory === undefined ? {} : { cwd: run.directory }),
  })
  // 127 as a shell says when there is no such program; execa leaves the exit code open then.
  const exitCode = result.exitCode ?? (result.timedOut ? 124 : 127)
  return { exitCode, stdout: result.stdout, output: result.all ?? result.shortMessage ?? '' }
}

async function observeFile(path: string): Promise<ObservedFile | undefined> {
  const stat = await fs.stat(path).catch(() => undefined)
  if (stat === undefined || !stat.isFile()) return undefined
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  const text = stat.size <= largestTextBytes ? textOf(await fs.readFile(path)) : undefined
  return {
    sha256: hash.digest('hex'),
    mode: stat.mode & 0o7777,
    sizeBytes: stat.size,
    ...(text === undefined ? {} : { text }),
  }
}

function textOf(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}

/** Makes the missing ones and returns them, outermost first, so that an undo takes away just those. */
async function makeDirectories(path: string, at: (path: string) => string): Promise<readonly string[]> {
  const made: string[] = []
  for (let missing = path; !(await fs.stat(at(missing)).catch(() => undefined)); missing = dirname(missing))
    made.unshift(missing)
  makeDirectory(at(path))
  return made
}

async function syncFile(path: string): Promise<void> {
  const handle = await fs.open(path)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
