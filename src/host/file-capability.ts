import { EmfPxeError } from '../errors/error.ts'
import { openCLibrary } from './c-library.ts'

const CAP_NET_BIND_SERVICE = 10
const VFS_CAP_REVISION_2 = 0x02000000
const VFS_CAP_FLAGS_EFFECTIVE = 1

/**
 * `struct vfs_cap_data` (linux/capability.h), version 2, little-endian: magic and flags, then
 * permitted and inheritable, low words first, high words after.
 */
export function portCapability(): Buffer {
  const data = Buffer.alloc(20)
  data.writeUInt32LE(VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE, 0)
  data.writeUInt32LE(1 << CAP_NET_BIND_SERVICE, 4)
  return data
}

/**
 * Lets a program open ports below 1024 without root, as `setcap cap_net_bind_service=+ep FILE`
 * does; images need no libcap for it. Needs CAP_SETFCAP and a file system with extended attributes.
 * Throws PORT_NOT_PERMITTED when the kernel refuses.
 */
export function grantPortCapability(file: string): void {
  const library = openCLibrary({
    setxattr: { arguments: ['buffer', 'buffer', 'buffer', 'uint64', 'int32'], return: 'int32' },
  })
  if (library === undefined) throw refused(file, 'this Node cannot call the C library')
  const { functions, lastError } = library
  const data = portCapability()
  const text = (value: string) => Buffer.from(`${value}\0`)
  const result = functions.setxattr(text(file), text('security.capability'), data, BigInt(data.length), 0)
  if (result === 0) return
  throw refused(file, lastError())
}

function refused(file: string, why: string): EmfPxeError {
  return new EmfPxeError('PORT_NOT_PERMITTED', {
    message: `${file} could not be given the right to open ports below 1024 (${why}).`,
    hint:
      process.getuid?.() === 0
        ? `setcap cap_net_bind_service=+ep ${file}   # the file must be on a file system with extended attributes`
        : `sudo ${file} grant-ports`,
  })
}
