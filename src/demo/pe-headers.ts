import type { Architecture } from '../proxydhcp/types.ts'

interface Section {
  /** In the file and in memory. */
  readonly offset: number
  readonly sizeBytes: number
}

interface HeaderWishes {
  readonly architecture: Exclude<Architecture, 'bios'>
  readonly subsystem: number
  readonly headerSizeBytes: number
  readonly code: Section
  readonly data: Section
}

const machines = { x64: 0x8664, arm64: 0xaa64, ia32: 0x14c } as const
const peOffset = 0x80

/** DOS, COFF and optional header and two section headers, for an image based at 0 (PE format, revision 11). */
export function peHeaders(wishes: HeaderWishes): Buffer {
  const header = Buffer.alloc(wishes.headerSizeBytes)
  const wide = wishes.architecture !== 'ia32'
  const optionalSize = (wide ? 112 : 96) + 16 * 8
  header.write('MZ', 0, 'latin1')
  header.writeUInt32LE(peOffset, 0x3c)
  header.write('PE\0\0', peOffset, 'latin1')
  header.writeUInt16LE(machines[wishes.architecture], peOffset + 4)
  header.writeUInt16LE(2, peOffset + 6) // sections
  header.writeUInt16LE(optionalSize, peOffset + 20)
  header.writeUInt16LE(wide ? 0x0222 : 0x0302, peOffset + 22) // executable, no debug information
  const optional = peOffset + 24
  optionalHeader(header.subarray(optional, optional + optionalSize), wishes, wide)
  const table = optional + optionalSize
  sectionHeader(header.subarray(table), '.text', wishes.code, 0x60000020) // code, read, execute
  sectionHeader(header.subarray(table + 40), '.data', wishes.data, 0xc0000040) // data, read, write
  return header
}

function optionalHeader(
  optional: Buffer,
  { code, data, headerSizeBytes, subsystem }: HeaderWishes,
  wide: boolean,
) {
  optional.writeUInt16LE(wide ? 0x20b : 0x10b, 0)
  optional.writeUInt32LE(code.sizeBytes, 4)
  optional.writeUInt32LE(data.sizeBytes, 8)
  optional.writeUInt32LE(code.offset, 16) // entry point
  optional.writeUInt32LE(code.offset, 20) // base of code
  optional.writeUInt32LE(0x1000, 32) // section alignment
  optional.writeUInt32LE(0x20, 36) // file alignment
  optional.writeUInt32LE((data.offset + data.sizeBytes + 0xfff) & ~0xfff, 56) // size in memory
  optional.writeUInt32LE(headerSizeBytes, 60)
  optional.writeUInt16LE(subsystem, 68)
  optional.writeUInt32LE(16, wide ? 108 : 92) // data directories, all empty
}

function sectionHeader(
  header: Buffer,
  name: string,
  { offset, sizeBytes }: Section,
  characteristics: number,
) {
  header.write(name, 0, 'latin1')
  header.writeUInt32LE(sizeBytes, 8) // in memory
  header.writeUInt32LE(offset, 12)
  header.writeUInt32LE(sizeBytes, 16) // in the file
  header.writeUInt32LE(offset, 20)
  header.writeUInt32LE(characteristics, 36)
}
