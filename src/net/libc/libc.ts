import { endianness } from 'node:os'
import { openCLibrary } from '../../host/c-library.ts'

/**
 * What `dgram` leaves out of the C library (SO_BINDTODEVICE, SO_RCVBUFFORCE, sendmsg). Numbers and structure layouts below are those of Linux on 64-bit little-endian machines.
 */
const signatures = {
  socket: { arguments: ['int32', 'int32', 'int32'], return: 'int32' },
  bind: { arguments: ['int32', 'buffer', 'uint32'], return: 'int32' },
  close: { arguments: ['int32'], return: 'int32' },
  setsockopt: { arguments: ['int32', 'int32', 'int32', 'buffer', 'uint32'], return: 'int32' },
  getsockopt: { arguments: ['int32', 'int32', 'int32', 'buffer', 'buffer'], return: 'int32' },
  send: { arguments: ['int32', 'buffer', 'uint64', 'int32'], return: 'int64' },
  recv: { arguments: ['int32', 'buffer', 'uint64', 'int32'], return: 'int64' },
  sendmsg: { arguments: ['int32', 'pointer', 'int32'], return: 'int64' },
  recvmmsg: { arguments: ['int32', 'pointer', 'uint32', 'int32', 'pointer'], return: 'int32' },
  sendmmsg: { arguments: ['int32', 'pointer', 'uint32', 'int32'], return: 'int32' },
  ioctl: { arguments: ['int32', 'uint64', 'buffer'], return: 'int32' },
  if_nametoindex: { arguments: ['buffer'], return: 'uint32' },
} as const

function open() {
  const library = openCLibrary(signatures)
  if (library === undefined) return undefined
  const { functions, addressOf, lastError } = library
  return { ...functions, addressOf, lastError }
}

export type Libc = NonNullable<ReturnType<typeof open>>

let loaded: { readonly libc: Libc | undefined } | undefined

/** The C library, or undefined on a Node or machine that cannot call it. */
export function loadLibc(): Libc | undefined {
  loaded ??= { libc: tryOpen() }
  return loaded.libc
}

function tryOpen(): Libc | undefined {
  const known = process.platform === 'linux' && endianness() === 'LE' && /64/.test(process.arch)
  if (!known) return undefined
  try {
    return open()
  } catch {
    return undefined
  }
}

export interface SystemCallError extends Error {
  readonly code: string
  readonly syscall: string
  readonly address?: string
  readonly port?: number
}

/** An error of the same shape as Node's own, so that one translation serves both. */
export function systemCallError(
  syscall: string,
  code: string,
  place: { readonly address?: string; readonly port?: number } = {},
): SystemCallError {
  const where = place.address === undefined ? '' : ` ${place.address}:${place.port ?? 0}`
  return Object.assign(new Error(`${syscall} ${code}${where}`), { code, syscall, ...place })
}
