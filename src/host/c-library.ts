import type { FunctionDefinitions } from 'node:ffi'
import { getSystemErrorName } from 'node:util'

const errnoLocation = { __errno_location: { arguments: [], return: 'pointer' } } as const

/**
 * Functions of the C library of this process, through `node:ffi`. Symbols are looked up in the running
 * process, so glibc and musl are alike. Undefined where Node was built or started without FFI.
 *
 * @throws Error when the C library lacks one of the functions
 */
export function openCLibrary<const T extends FunctionDefinitions>(signatures: T) {
  const ffi = process.getBuiltinModule('node:ffi')
  if (ffi === undefined) return undefined
  const { functions } = ffi.dlopen(null, signatures)
  const errno = ffi.dlopen(null, errnoLocation).functions.__errno_location
  return {
    functions,
    /** Address of the bytes; valid only while the caller keeps `view` reachable. */
    addressOf: (view: NodeJS.ArrayBufferView): bigint => ffi.getRawPointer(view),
    /** Symbolic name of the last failure, such as `EADDRINUSE`; ask at once after the failed call. */
    lastError: (): string => nameOf(ffi.getInt32(errno(), 0)),
  }
}

function nameOf(errno: number): string {
  return errno > 0 ? getSystemErrorName(-errno) : 'EIO'
}
