import type { ErrorCode } from './catalog.ts'
import { EmfPxeError } from './error.ts'
import { parserMessage } from './parser-message.ts'

/**
 * The one door for errors that are not ours. Walks `cause` and `AggregateError.errors`: an
 * `EmfPxeError` anywhere inside wins, then the first error that we know; else INTERNAL.
 */
export function translateError(error: unknown): EmfPxeError {
  const chain = unfold(error)
  const ours = chain.find((link) => link instanceof EmfPxeError)
  if (ours !== undefined) return ours
  for (const link of chain) {
    const known = fromPerson(link) ?? fromCommandLine(link) ?? fromSystem(link)
    if (known !== undefined) return known
  }
  const message = error instanceof Error && error.message !== '' ? error.message : String(error)
  return new EmfPxeError('INTERNAL', { message, cause: error })
}

/** The error, its causes and the errors it gathers, outermost first; circles end. */
function unfold(error: unknown): unknown[] {
  const chain: unknown[] = []
  const waiting = [error]
  while (waiting.length > 0 && chain.length < 50) {
    const link = waiting.shift()
    if (link === undefined || link === null || chain.includes(link)) continue
    chain.push(link)
    if (link instanceof Error) waiting.push(link.cause)
    if (link instanceof AggregateError) waiting.push(...link.errors)
  }
  return chain
}

const promptEnded = new Set(['ExitPromptError', 'AbortPromptError', 'CancelPromptError', 'AbortError'])

function fromPerson(error: unknown): EmfPxeError | undefined {
  if (!(error instanceof Error) || !promptEnded.has(error.name)) return undefined
  return new EmfPxeError('ABORTED', { message: 'Stopped before the end.', cause: error })
}

/** oclif marks what the parser refuses with an `oclif` property. */
function fromCommandLine(error: unknown): EmfPxeError | undefined {
  if (!(error instanceof Error) || !('oclif' in error)) return undefined
  return new EmfPxeError('USAGE', { message: parserMessage(error.message), cause: error })
}

interface SystemError extends Error {
  readonly code: string
  readonly syscall?: string
  readonly path?: string
  readonly address?: string
  readonly port?: number
  readonly hostname?: string
}

function fromSystem(error: unknown): EmfPxeError | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  const system = error as SystemError
  const code = codeFor(system)
  return code === undefined ? undefined : new EmfPxeError(code, { message: describe(system), cause: error })
}

const plainCodes: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EROFS: 'DISK_READ_ONLY',
  ENOTDIR: 'FILE_WRONG_KIND',
  EISDIR: 'FILE_WRONG_KIND',
  EADDRINUSE: 'PORT_IN_USE',
  EADDRNOTAVAIL: 'ADDRESS_NOT_LOCAL',
  ENODEV: 'INTERFACE_MISSING',
  EMFILE: 'TOO_MANY_OPEN_FILES',
  ENFILE: 'TOO_MANY_OPEN_FILES',
  ECONNREFUSED: 'NETWORK_FAILED',
  ECONNRESET: 'NETWORK_FAILED',
  ETIMEDOUT: 'NETWORK_FAILED',
  ENOTFOUND: 'NETWORK_FAILED',
  EAI_AGAIN: 'NETWORK_FAILED',
  ENETUNREACH: 'NETWORK_FAILED',
  EHOSTUNREACH: 'NETWORK_FAILED',
}

function codeFor(error: SystemError): ErrorCode | undefined {
  if (error.code === 'ENOENT') return startsProgram(error) ? 'PROGRAM_MISSING' : 'FILE_MISSING'
  if (error.code === 'EACCES' || error.code === 'EPERM')
    return error.syscall === 'bind' || error.syscall === 'listen' ? 'PORT_NOT_PERMITTED' : 'PERMISSION_DENIED'
  // Of all that uses the disk or the network, a terminal alone has a raw mode.
  if (error.code === 'EIO' && error.syscall === 'setRawMode') return 'TERMINAL_CLOSED'
  return plainCodes[error.code]
}

function startsProgram(error: SystemError): boolean {
  return error.syscall?.startsWith('spawn') ?? false
}

/** What was wanted, and the system's own word for what happened. */
function describe(error: SystemError): string {
  const action = error.syscall?.split(' ')[0]
  const place = error.path ?? endpoint(error) ?? error.hostname
  if (action === undefined || place === undefined) return error.message
  if (error.code === 'ENOENT' && error.path !== undefined && !startsProgram(error))
    return `${place}: there is no such file or directory (${action}, ENOENT)`
  return `${place}: ${action} failed (${error.code})`
}

function endpoint(error: SystemError): string | undefined {
  if (error.address === undefined) return undefined
  return error.port === undefined ? error.address : `${error.address}:${error.port}`
}
