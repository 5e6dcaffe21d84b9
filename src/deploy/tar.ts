import { gzipSync } from 'node:zlib'

export interface TarEntry {
  /** Relative path, at most 100 bytes. */
  readonly name: string
  /** Permission bits. */
  readonly mode: number
  readonly content: string | Uint8Array
}

const blockBytes = 512

/**
 * A `.tar.gz` (POSIX.1-1988 ustar) whose bytes depend on the entries alone: owner root, time 0.
 * The same files give the same archive, so a checksum tells whether anything changed.
 */
export function tarGz(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = Buffer.from(entry.content)
    return [header(entry, content.length), content, Buffer.alloc(paddingAfter(content.length))]
  })
  // Two empty blocks end the archive.
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]), { level: 9 })
}

/*
 *  0 name[100] 100 mode[8] 108 uid[8] 116 gid[8] 124 size[12] 136 mtime[12]
 *  148 checksum[8] 156 type 257 "ustar\0" 263 "00" 265 owner[32] 297 group[32]
 */
function header({ name, mode }: TarEntry, sizeBytes: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new RangeError(`too long a name for this archive: ${name}`)
  const block = Buffer.alloc(blockBytes)
  block.write(name, 0)
  block.write(octal(mode, 7), 100)
  block.write(octal(0, 7), 108)
  block.write(octal(0, 7), 116)
  block.write(octal(sizeBytes, 11), 124)
  block.write(octal(0, 11), 136)
  block.write(' '.repeat(8), 148)
  block.write('0', 156)
  block.write('ustar\x0000', 257)
  block.write('root', 265)
  block.write('root', 297)
  // The checksum counts its own field as spaces.
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${octal(sum, 6)}\0 `, 148)
  return block
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}

function paddingAfter(sizeBytes: number): number {
  return (blockBytes - (sizeBytes % blockBytes)) % blockBytes
}
