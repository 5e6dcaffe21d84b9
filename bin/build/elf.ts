/**
 * Removes what a running program never reads (symbol and debug tables) from a 64-bit
 * little-endian ELF file, without binutils, so that both architectures are stripped alike on
 * every machine. Only the tail is touched: loaded sections keep their offsets and numbers.
 *
 * Header fields used (ELF-64): e_shoff at 0x28, e_shentsize 0x3a, e_shnum 0x3c, e_shstrndx 0x3e.
 */
export function stripElf(file: Buffer): Buffer {
  const sections = readSections(file)
  const loaded = sections.slice(0, sections.findLastIndex(isLoaded) + 1)
  const names = sections[file.readUInt16LE(field.namesIndex)]
  if (names === undefined) throw new Error('the ELF file names no section for its section names')

  const contentEnd = Math.max(programHeadersEnd(file), ...loaded.map(contentEndOf))
  const nameTable = file.subarray(names.offset, names.offset + names.size)
  const namesAt = align(contentEnd, 8)
  const tableAt = align(namesAt + nameTable.length, 8)

  const stripped = Buffer.alloc(tableAt + (loaded.length + 1) * sectionHeaderSize)
  file.copy(stripped, 0, 0, contentEnd)
  nameTable.copy(stripped, namesAt)
  for (const section of loaded) section.header.copy(stripped, tableAt + section.index * sectionHeaderSize)
  const namesHeader = Buffer.from(names.header)
  namesHeader.writeBigUInt64LE(BigInt(namesAt), 0x18)
  namesHeader.copy(stripped, tableAt + loaded.length * sectionHeaderSize)

  stripped.writeBigUInt64LE(BigInt(tableAt), field.sectionTable)
  stripped.writeUInt16LE(loaded.length + 1, field.sectionCount)
  stripped.writeUInt16LE(loaded.length, field.namesIndex)
  return stripped
}

/** Machine of an ELF file as Node names it, or undefined for others. */
export function elfArchitecture(file: Buffer): 'x64' | 'arm64' | undefined {
  if (file.readUInt32BE(0) !== magic) return undefined
  return ({ 62: 'x64', 183: 'arm64' } as const)[file.readUInt16LE(field.machine)]
}

const magic = 0x7f454c46
const sectionHeaderSize = 64
const field = {
  machine: 0x12,
  programTable: 0x20,
  sectionTable: 0x28,
  programEntrySize: 0x36,
  programCount: 0x38,
  sectionCount: 0x3c,
  namesIndex: 0x3e,
} as const
/** Takes no room in the file (.bss). */
const typeNoBits = 8
const flagAlloc = 2n

interface Section {
  readonly index: number
  readonly header: Buffer
  readonly type: number
  readonly flags: bigint
  readonly offset: number
  readonly size: number
}

function readSections(file: Buffer): Section[] {
  if (file.readUInt32BE(0) !== magic || file[4] !== 2 || file[5] !== 1)
    throw new Error('not a 64-bit little-endian ELF file')
  const tableAt = Number(file.readBigUInt64LE(field.sectionTable))
  return Array.from({ length: file.readUInt16LE(field.sectionCount) }, (_, index) => {
    const start = tableAt + index * sectionHeaderSize
    const header = file.subarray(start, start + sectionHeaderSize)
    return {
      index,
      header,
      type: header.readUInt32LE(0x04),
      flags: header.readBigUInt64LE(0x08),
      offset: Number(header.readBigUInt64LE(0x18)),
      size: Number(header.readBigUInt64LE(0x20)),
    }
  })
}

function isLoaded(section: Section): boolean {
  return (section.flags & flagAlloc) !== 0n
}

function contentEndOf(section: Section): number {
  return section.type === typeNoBits ? section.offset : section.offset + section.size
}

function programHeadersEnd(file: Buffer): number {
  const size = file.readUInt16LE(field.programEntrySize) * file.readUInt16LE(field.programCount)
  return Number(file.readBigUInt64LE(field.programTable)) + size
}

function align(value: number, to: number): number {
  return Math.ceil(value / to) * to
}
