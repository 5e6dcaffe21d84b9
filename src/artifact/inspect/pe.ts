import { type Decoded, decoded, malformed } from '../../wire/decoded.ts'
import { FileCursor } from './cursor.ts'

/*
 * A PE/COFF image, as the parts matter here (PE format specification, revision 11):
 *
 *   0x00  "MZ" … 0x3c: offset of the PE header
 *   +0    "PE\0\0"
 *   +4    COFF header, 20 bytes: machine, number of sections, …, size of optional header
 *   +24   optional header: magic 0x10b (PE32) or 0x20b (PE32+), …, CheckSum at +64, Subsystem at +68,
 *         data directories at +96 (PE32) or +112 (PE32+); number 4 is the certificate table, whose
 *         "address" is a file offset, unlike all others
 *   then  40 bytes per section: name, virtual size and address, raw size and file offset
 */

export interface PeSection {
  /** NUL padding removed, as Latin-1 text. */
  readonly name: string
  readonly virtualAddress: number
  readonly virtualSizeBytes: number
  /** Where its bytes lie in the file. */
  readonly fileOffset: number
  readonly sizeBytes: number
}

export interface PeImage {
  readonly machine: number
  readonly format: 'PE32' | 'PE32+'
  readonly subsystem: number
  readonly imageBase: bigint
  readonly headerSizeBytes: number
  readonly sections: readonly PeSection[]
  /** File offset of the CheckSum field, which no Authenticode digest covers. */
  readonly checksumOffset: number
  /** File offset of the certificate table's directory entry; undefined when the header ends before it. */
  readonly certificateEntryOffset: number | undefined
  /** Where the signatures lie; size 0 when there are none. */
  readonly certificateTable: { readonly fileOffset: number; readonly sizeBytes: number }
  /** Shortest file that holds everything the headers speak of. */
  readonly neededBytes: number
}

const maximumSections = 96 // The specification's limit for the Windows loader; edk2 images have about ten.
const certificateDirectory = 4

/** Reads the headers. Problems: `not-pe`, `bad-pe-header`. Offsets may lie beyond a truncated file: see `neededBytes`. */
export function readPe(bytes: Uint8Array): Decoded<PeImage> {
  const cursor = new FileCursor(bytes)
  if (cursor.u16() !== 0x5a4d) return malformed('not-pe', 'the file does not begin with MZ')
  cursor.moveTo(0x3c)
  const headerOffset = cursor.u32()
  cursor.moveTo(headerOffset)
  if (cursor.u32() !== 0x4550 || cursor.failedAt !== undefined) {
    return malformed('not-pe', `no PE header at offset ${headerOffset}`)
  }
  return readHeaders(bytes, cursor)
}

function readHeaders(bytes: Uint8Array, cursor: FileCursor): Decoded<PeImage> {
  const machine = cursor.u16()
  const sectionCount = cursor.u16()
  cursor.skip(12)
  const optionalSize = cursor.u16()
  cursor.skip(2)
  const optional = cursor.offset
  const magic = cursor.u16()
  if (magic !== 0x10b && magic !== 0x20b) {
    return malformed('bad-pe-header', `optional header magic 0x${magic.toString(16)}, wanted 0x10b or 0x20b`)
  }
  if (sectionCount > maximumSections) return malformed('bad-pe-header', `${sectionCount} sections`)
  const wide = magic === 0x20b
  cursor.moveTo(optional + (wide ? 24 : 28))
  const imageBase = wide ? cursor.u64() : BigInt(cursor.u32())
  cursor.moveTo(optional + 60)
  const headerSizeBytes = cursor.u32()
  cursor.skip(4)
  const subsystem = cursor.u16()
  const directories = optional + (wide ? 112 : 96)
  cursor.moveTo(directories - 4)
  const directoryCount = cursor.u32()
  const entryOffset = directories + certificateDirectory * 8
  const hasEntry = directoryCount > certificateDirectory && entryOffset + 8 <= optional + optionalSize
  cursor.moveTo(entryOffset)
  const certificateTable = hasEntry
    ? { fileOffset: cursor.u32(), sizeBytes: cursor.u32() }
    : { fileOffset: 0, sizeBytes: 0 }
  cursor.moveTo(optional + optionalSize)
  const sections = Array.from({ length: sectionCount }, () => readSection(cursor))
  if (cursor.failedAt !== undefined) {
    return malformed('bad-pe-header', `the headers want more than the file’s ${bytes.length} bytes`)
  }
  const ends = sections.filter((section) => section.sizeBytes > 0).map(endOf)
  if (certificateTable.sizeBytes > 0) ends.push(endOf(certificateTable))
  return decoded({
    machine,
    format: wide ? 'PE32+' : 'PE32',
    subsystem,
    imageBase,
    headerSizeBytes,
    sections,
    checksumOffset: optional + 64,
    certificateEntryOffset: hasEntry ? entryOffset : undefined,
    certificateTable,
    neededBytes: Math.max(headerSizeBytes, ...ends),
  })
}

function readSection(cursor: FileCursor): PeSection {
  const name = Buffer.from(cursor.bytes(8)).toString('latin1').replace(/\0+$/, '')
  const virtualSizeBytes = cursor.u32()
  const virtualAddress = cursor.u32()
  const sizeBytes = cursor.u32()
  const fileOffset = cursor.u32()
  cursor.skip(16)
  return { name, virtualAddress, virtualSizeBytes, fileOffset, sizeBytes }
}

function endOf(span: { readonly fileOffset: number; readonly sizeBytes: number }): number {
  return span.fileOffset + span.sizeBytes
}
