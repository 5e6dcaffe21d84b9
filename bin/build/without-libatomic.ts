import {
  type DynamicView,
  dynamicEntry,
  dynamicString,
  dynamicTag,
  offsetOf,
  readDynamic,
  segmentExecutable,
  segmentType,
} from './elf-dynamic.ts'

/**
 * Node 26's Linux binaries ask for libatomic.so.1, which a freshly installed Debian, Ubuntu or
 * Red Hat machine does not have, for one function: `__atomic_compare_exchange`, always on
 * 8 bytes (V8's free lists). This gives the file that function, in the unused end of its code
 * segment, and drops the library from what the loader looks for. Any other layout than the one
 * described here fails the build. A file that does not ask for libatomic comes back unchanged.
 */
export function withoutLibatomic(original: Buffer): Buffer {
  const file = Buffer.from(original)
  const view = readDynamic(file)
  const isLibatomic = (value: number) => dynamicString(view, value) === library
  const needed = view.entries.find(({ tag, value }) => tag === dynamicTag.needed && isLibatomic(value))
  if (needed === undefined) return file
  // With lazy binding the loader would refuse the relocation that is written below.
  if ((dynamicEntry(view, dynamicTag.flags).value & bindNow) === 0) throw new Error('lazily bound ELF file')

  const symbol = bindToOwnFunction(view, placeFunction(view))
  forgetSymbolVersion(view, symbol)
  forgetNeededVersions(view, isLibatomic)
  removeEntry(view, needed.at)
  return file
}

const library = 'libatomic.so.1'
const bindNow = 8
const pageBytes = 4096
const symbolBytes = 24
const relocationBytes = 24

interface Machine {
  /** R_*_JUMP_SLOT and R_*_RELATIVE of this processor's ABI. */
  readonly jumpSlot: number
  readonly relative: number
  /** (size, object, expected, desired) → 1, or 0 with what was seen written to `expected`. */
  readonly code: Buffer
}

const machines: Readonly<Record<number, Machine>> = {
  62: {
    jumpSlot: 7,
    relative: 8,
    code: Buffer.from(
      [
        '4883ff08', //   cmp  $8, %rdi
        '7519', //       jne  wrong size
        '488b02', //     mov  (%rdx), %rax
        '488b09', //     mov  (%rcx), %rcx
        'f0480fb10e', // lock cmpxchg %rcx, (%rsi)
        '7506', //       jne  differs
        'b801000000', // mov  $1, %eax
        'c3', //         ret
        '488902', //     differs: mov %rax, (%rdx)
        '31c0', //       xor  %eax, %eax
        'c3', //         ret
        '0f0b', //       wrong size: ud2
      ].join(''),
      'hex',
    ),
  },
  183: {
    jumpSlot: 1026,
    relative: 1027,
    code: words(
      0xf100201f, //           cmp   x0, #8
      0x540001a1, //           b.ne  wrong size
      0xf9400068, //           ldr   x8, [x3]
      0xf9400049, //           ldr   x9, [x2]
      0xc85ffc2a, // again:    ldaxr x10, [x1]
      0xeb09015f, //           cmp   x10, x9
      0x540000a1, //           b.ne  differs
      0xc80bfc28, //           stlxr w11, x8, [x1]
      0x35ffff8b, //           cbnz  w11, again
      0x52800020, //           mov   w0, #1
      0xd65f03c0, //           ret
      0xd5033f5f, // differs:  clrex
      0xf900004a, //           str   x10, [x2]
      0x52800000, //           mov   w0, #0
      0xd65f03c0, //           ret
      0xd4200000, // wrong size: brk #0
    ),
  },
}

function words(...instructions: number[]): Buffer {
  const code = Buffer.alloc(instructions.length * 4)
  instructions.forEach((instruction, index) => {
    code.writeUInt32LE(instruction, index * 4)
  })
  return code
}

function machineOf(view: DynamicView): Machine {
  const machine = machines[view.machine]
  if (machine === undefined) throw new Error(`unknown ELF machine ${view.machine}`)
  return machine
}

/** Writes the function behind the last byte of code, on the same page; returns its address. */
function placeFunction(view: DynamicView): number {
  const { file } = view
  const { code } = machineOf(view)
  const segment = view.segments.find(
    ({ type, flags }) => type === segmentType.load && (flags & segmentExecutable) !== 0,
  )
  if (segment === undefined) throw new Error('the ELF file has no code segment')
  const at = Math.ceil((segment.offset + segment.fileSize) / 16) * 16
  const end = at + code.length
  const samePage = Math.ceil((segment.offset + segment.fileSize) / pageBytes) * pageBytes
  if (end > samePage || file.subarray(at, end).some((byte) => byte !== 0))
    throw new Error('no room behind the code segment')
  code.copy(file, at)
  const size = BigInt(end - segment.offset)
  file.writeBigUInt64LE(size, segment.at + 32)
  file.writeBigUInt64LE(size, segment.at + 40)
  return segment.address + at - segment.offset
}

/** Turns the one relocation against the symbol into the address itself; returns the symbol's index. */
function bindToOwnFunction(view: DynamicView, address: number): number {
  const { file } = view
  const { jumpSlot, relative } = machineOf(view)
  const start = offsetOf(view, dynamicEntry(view, dynamicTag.pltRelocations).value)
  const length = dynamicEntry(view, dynamicTag.pltRelocationBytes).value
  for (let at = start; at < start + length; at += relocationBytes) {
    const symbol = file.readUInt32LE(at + 12)
    if (file.readUInt32LE(at + 8) !== jumpSlot || symbolName(view, symbol) !== '__atomic_compare_exchange')
      continue
    file.writeUInt32LE(relative, at + 8)
    file.writeUInt32LE(0, at + 12)
    file.writeBigInt64LE(BigInt(address), at + 16)
    return symbol
  }
  throw new Error('no call of __atomic_compare_exchange')
}

function symbolName(view: DynamicView, index: number): string {
  const symbols = offsetOf(view, dynamicEntry(view, dynamicTag.symbols).value)
  return dynamicString(view, view.file.readUInt32LE(symbols + index * symbolBytes))
}

const versionGlobal = 1

/** The symbol must be the only one with the library's version, or another function is missed. */
function forgetSymbolVersion(view: DynamicView, symbol: number): void {
  const { file } = view
  const versions = offsetOf(view, dynamicEntry(view, dynamicTag.symbolVersions).value)
  const end = offsetOf(view, dynamicEntry(view, dynamicTag.neededVersions).value)
  const version = file.readUInt16LE(versions + symbol * 2)
  file.writeUInt16LE(versionGlobal, versions + symbol * 2)
  for (let at = versions; at + 2 <= end; at += 2)
    if (file.readUInt16LE(at) === version) throw new Error(`more than one function of ${library} is needed`)
}

/**
 * Unlinks the library from the chain of needed versions (Elf64_Verneed: file at +4, names at +8,
 * next at +12, both relative to the record). The first record cannot be skipped, because the
 * section begins there: the second one takes its place.
 */
function forgetNeededVersions(view: DynamicView, isLibatomic: (name: number) => boolean): void {
  const { file } = view
  const count = dynamicEntry(view, dynamicTag.neededVersionCount)
  file.writeBigUInt64LE(BigInt(count.value - 1), count.at + 8)
  writeSectionInfo(file, sectionNeededVersions, count.value - 1)
  let previous: number | undefined
  for (let at = offsetOf(view, dynamicEntry(view, dynamicTag.neededVersions).value); ; ) {
    const distance = file.readUInt32LE(at + 12)
    if (isLibatomic(file.readUInt32LE(at + 4))) {
      if (previous === undefined) moveRecord(file, at + distance, at)
      else file.writeUInt32LE(distance === 0 ? 0 : at + distance - previous, previous + 12)
      return
    }
    if (distance === 0) throw new Error(`${library} has no versions`)
    previous = at
    at += distance
  }
}

function moveRecord(file: Buffer, from: number, to: number): void {
  const nextDistance = file.readUInt32LE(from + 12)
  file.copy(file, to, from, from + 16)
  file.writeUInt32LE(file.readUInt32LE(from + 8) + from - to, to + 8)
  file.writeUInt32LE(nextDistance === 0 ? 0 : nextDistance + from - to, to + 12)
}

const sectionNeededVersions = 0x6ffffffe

/** The loader reads the dynamic section; other tools read the same count from the section's header. */
function writeSectionInfo(file: Buffer, type: number, info: number): void {
  const tableAt = Number(file.readBigUInt64LE(0x28))
  for (let index = 0; index < file.readUInt16LE(0x3c); index++) {
    const at = tableAt + index * 64
    if (file.readUInt32LE(at + 4) === type) file.writeUInt32LE(info, at + 0x2c)
  }
}

/** Moves the entries behind it up by one; the end marker is moved with them. */
function removeEntry(view: DynamicView, at: number): void {
  const last = view.entries.at(-1)
  if (last === undefined) return
  view.file.copy(view.file, at, at + 16, last.at + 16)
  view.file.fill(0, last.at, last.at + 16)
}
