import type { PeImage, PeSection } from '../pe.ts'

/*
 * iPXE trusts a root by the SHA-256 of its DER. The list is plain bytes, 32 for each root, and one
 * structure points to it (src/crypto/rootcert.c, src/include/ipxe/x509.h):
 *
 *   struct x509_root { …, pointer to the digest algorithm, u32 count, pointer to the fingerprints }
 *   struct digest_algorithm { pointer to its name "sha256", … }
 *
 * Pointers are stored as image base + virtual address. So the list is found from the name: the
 * structure whose first field points to "sha256" is the algorithm; the pointer to that which a small
 * count and a pointer into the image follow is the root store.
 */
const fingerprintBytes = 32
const mostRoots = 64
/** Each step costs a scan of the file: a hostile one must not keep us busy. */
const mostSteps = 8

/** The fingerprint that iPXE trusts when nobody said otherwise (src/crypto/rootcert.c): the project's own root. */
export const ipxeProjectRoot = '9faf717b7f8ca2f93c256c79f8ac5591895d66d1ff3bee6397a70d29c65eed1a'

/** All trusted fingerprints, hexadecimal; undefined when the table cannot be made out. */
export function readRootTable(bytes: Buffer, image: PeImage): readonly string[] | undefined {
  const pointerSize = image.format === 'PE32+' ? 8 : 4
  for (const name of offsetsOf(bytes, Buffer.from('sha256\0')).slice(0, mostSteps)) {
    for (const algorithm of pointersTo(bytes, image, name, pointerSize).slice(0, mostSteps)) {
      for (const reference of pointersTo(bytes, image, algorithm, pointerSize)) {
        const roots = rootsAt(bytes, image, reference + pointerSize, pointerSize)
        if (roots !== undefined) return roots
      }
    }
  }
  return undefined
}

function rootsAt(
  bytes: Buffer,
  image: PeImage,
  offset: number,
  pointerSize: 4 | 8,
): readonly string[] | undefined {
  if (offset + 2 * pointerSize > bytes.length) return undefined
  const count = readPointer(bytes, offset, pointerSize) // The u32 is padded to a pointer's size.
  if (count < 1n || count > BigInt(mostRoots)) return undefined
  const list = fileOffset(image, readPointer(bytes, offset + pointerSize, pointerSize))
  const end = (list ?? 0) + Number(count) * fingerprintBytes
  if (list === undefined || end > bytes.length) return undefined
  return Array.from({ length: Number(count) }, (_, index) => {
    const start = list + index * fingerprintBytes
    return bytes.toString('hex', start, start + fingerprintBytes)
  })
}

function pointersTo(bytes: Buffer, image: PeImage, offset: number, pointerSize: 4 | 8): readonly number[] {
  const address = virtualAddress(image, offset)
  if (address === undefined) return []
  const pattern = Buffer.alloc(pointerSize)
  if (pointerSize === 8) pattern.writeBigUInt64LE(BigInt.asUintN(64, address))
  else pattern.writeUInt32LE(Number(BigInt.asUintN(32, address)))
  return offsetsOf(bytes, pattern).filter((found) => found % 4 === 0 || pointerSize === 4)
}

const mostOffsets = 256

function offsetsOf(bytes: Buffer, pattern: Buffer): readonly number[] {
  const offsets: number[] = []
  for (let at = bytes.indexOf(pattern); at !== -1; at = bytes.indexOf(pattern, at + 1)) {
    offsets.push(at)
    if (offsets.length === mostOffsets) break
  }
  return offsets
}

function readPointer(bytes: Buffer, offset: number, pointerSize: 4 | 8): bigint {
  return pointerSize === 8 ? bytes.readBigUInt64LE(offset) : BigInt(bytes.readUInt32LE(offset))
}

function virtualAddress(image: PeImage, offset: number): bigint | undefined {
  const section = image.sections.find((candidate) => holds(candidate.fileOffset, candidate, offset))
  if (section === undefined) return undefined
  return image.imageBase + BigInt(offset - section.fileOffset + section.virtualAddress)
}

function fileOffset(image: PeImage, address: bigint): number | undefined {
  const relative = Number(address - image.imageBase)
  const section = image.sections.find((candidate) => holds(candidate.virtualAddress, candidate, relative))
  return section === undefined ? undefined : relative - section.virtualAddress + section.fileOffset
}

function holds(start: number, section: PeSection, position: number): boolean {
  return position >= start && position < start + section.sizeBytes
}
