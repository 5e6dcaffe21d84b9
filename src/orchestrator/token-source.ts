import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readAtMost } from '../config/read-whole.ts'
import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import type { Environment } from './proxy.ts'
import { Secret } from './secret.ts'
import { decodeToken } from './token.ts'

/** Where a token comes from. A command line is no place for one: every user of the machine can read it. */
export type TokenSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdin'; readonly stream: AsyncIterable<Uint8Array | string> }
  | { readonly kind: 'environment'; readonly environment: Environment }
  | { readonly kind: 'prompt'; readonly answer: string }

export const tokenVariable = 'EMF_PXE_TOKEN'
const maxTokenBytes = 64 * 1024

export interface ReadToken {
  readonly token: Secret
  /** Such as a token file that others can read. */
  readonly warnings: readonly string[]
}

/** `--token-file F` or `-`, else EMF_PXE_TOKEN, else undefined. */
export function tokenSourceFrom(
  tokenFile: string | undefined,
  environment: Environment,
  stdin: AsyncIterable<Uint8Array | string>,
): TokenSource | undefined {
  if (tokenFile === '-') return { kind: 'stdin', stream: stdin }
  if (tokenFile !== undefined) return { kind: 'file', path: tokenFile }
  return environment[tokenVariable]?.trim() ? { kind: 'environment', environment } : undefined
}

/**
 * Reads a token and checks that it is one; a leading `Bearer` and line breaks around it are dropped.
 * @throws EmfPxeError TOKEN_MISSING, TOKEN_UNREADABLE, TOKEN_MALFORMED
 */
export async function readToken(source: TokenSource): Promise<ReadToken> {
  const { text, warnings } = await readSource(source)
  const value = text.trim().replace(/^Bearer\s+/i, '')
  if (value === '') throw new EmfPxeError('TOKEN_MISSING', { message: `${sourceName(source)} is empty` })
  const token = new Secret(value)
  decodeToken(token)
  return { token, warnings }
}

async function readSource(source: TokenSource): Promise<{ text: string; warnings: string[] }> {
  switch (source.kind) {
    case 'file':
      return readTokenFile(source.path)
    case 'stdin':
      return { text: await readStream(source.stream), warnings: [] }
    case 'environment':
      return { text: source.environment[tokenVariable] ?? '', warnings: [] }
    case 'prompt':
      return { text: source.answer, warnings: [] }
  }
}

function sourceName(source: TokenSource): string {
  if (source.kind === 'file') return escapeText(source.path)
  return { stdin: 'standard input', environment: tokenVariable, prompt: 'the answer' }[source.kind]
}

async function readTokenFile(path: string): Promise<{ text: string; warnings: string[] }> {
  const file = await open(path, 'r').catch((cause) => {
    throw unusable(path, 'cannot be read', cause)
  })
  try {
    const { mode, size } = await file.stat()
    if (size > maxTokenBytes) throw unusable(path, `is ${size} bytes long; a token is shorter`, undefined)
    const shown = escapeText(path)
    const isShared = (mode & 0o077) !== 0
    const warnings = isShared ? [`${shown} can be read by others: chmod 600 ${shown}`] : []
    return { text: (await readAtMost(file, path, maxTokenBytes)).toString('utf8'), warnings }
  } catch (cause) {
    throw unusable(path, 'cannot be read', cause)
  } finally {
    await file.close()
  }
}

async function readStream(stream: AsyncIterable<Uint8Array | string>): Promise<string> {
  const parts: Buffer[] = []
  let sizeBytes = 0
  for await (const part of stream) {
    parts.push(Buffer.from(part))
    sizeBytes += part.length
    if (sizeBytes > maxTokenBytes)
      throw new EmfPxeError('TOKEN_MALFORMED', { message: `more than ${maxTokenBytes} bytes came on stdin` })
  }
  return Buffer.concat(parts).toString('utf8')
}

/**
 * Keeps a token for later commands, only when a person asked for it: mode 0600 from its first moment,
 * complete or not at all. @throws EmfPxeError TOKEN_UNREADABLE
 */
export async function storeToken(path: string, token: Secret): Promise<void> {
  const temporary = `${path}.${process.pid}.new`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(`${token.reveal()}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    const directory = await open(dirname(path), 'r')
    await directory.sync().finally(() => directory.close())
  } catch (cause) {
    await rm(temporary, { force: true })
    throw unusable(path, 'cannot be written', cause)
  }
}

function unusable(path: string, what: string, cause: unknown): EmfPxeError {
  if (cause instanceof EmfPxeError) return cause
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
  const shown = escapeText(path)
  return new EmfPxeError('TOKEN_UNREADABLE', {
    message: `${shown} ${what}${code}`,
    hint: `ls -l ${shown}`,
    cause,
  })
}
