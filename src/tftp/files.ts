import { errorCode } from '../wire/tftp/constants.ts'
import type { TftpRequest } from '../wire/tftp/packet.ts'
import type { RefusalReason } from './facts.ts'
import { toNetascii } from './netascii.ts'

export interface TftpFile {
  /** Never changed in place: a new artifact is a new array, and running transfers keep theirs. */
  readonly bytes: Uint8Array
}

/** Exact names to files. `artifact-missing`: the name is right, but the file is not there yet. */
export type FileLookup = (name: string) => TftpFile | 'artifact-missing' | undefined

export interface Refusal {
  readonly reason: RefusalReason
  readonly code: number
  readonly message: string
}

export type Answer =
  | { readonly kind: 'serve'; readonly name: string; readonly bytes: Uint8Array }
  | ({ readonly kind: 'refuse' } & Refusal)

/** What a request gets. Nothing is ever read from disk here, and nothing but whole names matches. */
export function answerTo(request: TftpRequest, lookup: FileLookup): Answer {
  if (request.type === 'write')
    return refuse('write', errorCode.accessViolation, 'This server only sends files')
  if (request.mode !== 'octet' && request.mode !== 'netascii')
    return refuse('mode', errorCode.illegalOperation, 'Ask for mode octet')
  const name = requestedName(request.filename)
  const file = lookup(name)
  if (file === undefined) return notFound(name)
  if (file === 'artifact-missing')
    return refuse('artifact-missing', errorCode.fileNotFound, 'Boot file not on this server yet')
  return { kind: 'serve', name, bytes: request.mode === 'octet' ? file.bytes : translated(file.bytes) }
}

/** Much firmware puts one slash in front of the name; nothing else is tolerated. */
function requestedName(filename: string): string {
  return filename.startsWith('/') ? filename.slice(1) : filename
}

function notFound(name: string): Answer {
  const reason = name === 'autoexec.ipxe' ? 'autoexec' : 'not-found'
  return refuse(reason, errorCode.fileNotFound, 'File not found')
}

function refuse(reason: RefusalReason, code: number, message: string): Answer {
  return { kind: 'refuse', reason, code, message }
}

const translations = new WeakMap<Uint8Array, Uint8Array>()

/** Translated once for each file, so that asking costs a stranger as much as it costs us. */
function translated(bytes: Uint8Array): Uint8Array {
  const known = translations.get(bytes)
  if (known !== undefined) return known
  const made = toNetascii(bytes)
  translations.set(bytes, made)
  return made
}
