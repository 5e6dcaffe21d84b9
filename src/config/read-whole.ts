import { type FileHandle, open } from 'node:fs/promises'
import { EmfPxeError } from '../errors/error.ts'

const chunkBytes = 1 << 16

/**
 * A file whole, or what comes from a pipe. What a person names may be a device without end, or the
 * wrong file: more than `mostBytes` is refused before it fills the memory.
 * @throws EmfPxeError FILE_TOO_LARGE; else the system's error
 */
export async function readWhole(path: string, mostBytes: number): Promise<Buffer> {
  await using handle = await open(path)
  return await readAtMost(handle, path, mostBytes)
}

/** The same for a file that is open; `path` is for the error. */
export async function readAtMost(handle: FileHandle, path: string, mostBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  for (let sizeBytes = 0; sizeBytes <= mostBytes; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, null)
    if (bytesRead === 0) return Buffer.concat(parts, sizeBytes)
    parts.push(buffer.subarray(0, bytesRead))
    sizeBytes += bytesRead
  }
  throw new EmfPxeError('FILE_TOO_LARGE', {
    message: `${path} is longer than the ${mostBytes} bytes that such a file may have.`,
  })
}
