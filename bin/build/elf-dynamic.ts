/** The parts of a 64-bit little-endian ELF file that its loader reads, by file offset. */
export interface DynamicView {
  readonly file: Buffer
  readonly machine: number
  readonly segments: readonly Segment[]
  /** Entries of the dynamic section; `at` is where the entry lies in the file. */
  readonly entries: readonly DynamicEntry[]
}

export interface Segment {
  /** Where the program header lies in the file. */
  readonly at: number
  readonly type: number
  readonly flags: number
  readonly offset: number
  readonly address: number
  readonly fileSize: number
}

export interface DynamicEntry {
  readonly at: number
  readonly tag: bigint
  readonly value: number
}

export const segmentType = { load: 1, dynamic: 2 } as const
export const segmentExecutable = 1

/** Dynamic tags used here (ELF gABI and the GNU extensions). */
export const dynamicTag = {
  end: 0n,
  needed: 1n,
  pltRelocationBytes: 2n,
  strings: 5n,
  symbols: 6n,
  pltRelocations: 0x17n,
  flags: 0x1en,
  symbolVersions: 0x6ffffff0n,
  neededVersions: 0x6ffffffen,
  neededVersionCount: 0x6fffffffn,
} as const

export function readDynamic(file: Buffer): DynamicView {
  const segments = readSegments(file)
  const dynamic = segments.find(({ type }) => type === segmentType.dynamic)
  if (dynamic === undefined) throw new Error('the ELF file has no dynamic section')
  const entries: DynamicEntry[] = []
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.fileSize; at += 16) {
    const tag = file.readBigUInt64LE(at)
    entries.push({ at, tag, value: Number(file.readBigUInt64LE(at + 8)) })
    if (tag === dynamicTag.end) break
  }
  return { file, machine: file.readUInt16LE(0x12), segments, entries }
}

export function dynamicEntry(view: DynamicView, tag: bigint): DynamicEntry {
  const entry = view.entries.find((candidate) => candidate.tag === tag)
  if (entry === undefined) throw new Error(`the ELF file has no dynamic entry 0x${tag.toString(16)}`)
  return entry
}

/** File offset of what the loader puts at `address`. */
export function offsetOf(view: DynamicView, address: number): number {
  const segment = view.segments.find(
    (candidate) =>
      candidate.type === segmentType.load &&
      address >= candidate.address &&
      address < candidate.address + candidate.fileSize,
  )
  if (segment === undefined) throw new Error(`nothing is loaded at 0x${address.toString(16)}`)
  return segment.offset + address - segment.address
}

/** A NUL-terminated string of the dynamic string table. */
export function dynamicString(view: DynamicView, index: number): string {
  const start = offsetOf(view, dynamicEntry(view, dynamicTag.strings).value) + index
  return view.file.toString('latin1', start, view.file.indexOf(0, start))
}

/** Names of the shared libraries that the file asks for. */
export function neededLibraries(file: Buffer): string[] {
  const view = readDynamic(file)
  return view.entries
    .filter(({ tag }) => tag === dynamicTag.needed)
    .map(({ value }) => dynamicString(view, value))
}

function readSegments(file: Buffer): Segment[] {
  const tableAt = Number(file.readBigUInt64LE(0x20))
  const entrySize = file.readUInt16LE(0x36)
  return Array.from({ length: file.readUInt16LE(0x38) }, (_, index) => {
    const at = tableAt + index * entrySize
    return {
      at,
      type: file.readUInt32LE(at),
      flags: file.readUInt32LE(at + 4),
      offset: Number(file.readBigUInt64LE(at + 8)),
      address: Number(file.readBigUInt64LE(at + 16)),
      fileSize: Number(file.readBigUInt64LE(at + 32)),
    }
  })
}
