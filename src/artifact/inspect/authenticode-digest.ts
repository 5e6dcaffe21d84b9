import { createHash } from 'node:crypto'
import { type Decoded, decoded, malformed } from '../../wire/decoded.ts'
import type { PeImage } from './pe.ts'

export type DigestAlgorithm = 'sha1' | 'sha256' | 'sha384' | 'sha512'

/**
 * The Authenticode digest of a PE image ("Windows Authenticode Portable Executable Signature
 * Format", "Calculating the PE Image Hash"; edk2 HashPeImage). Covered: the headers but for the
 * CheckSum field and the certificate table's directory entry; each section's bytes in file order;
 * what follows them up to the certificate table. A file that is not signed yet is taken as padded
 * with zeros to 8 bytes, because signers pad so before they append the table: its digest is then
 * what a signature over it will hold. Problem: `incomplete`.
 */
export function authenticodeDigest(
  bytes: Uint8Array,
  image: PeImage,
  algorithm: DigestAlgorithm,
): Decoded<string> {
  const spans = coveredSpans(bytes.length, image)
  if (!spans.ok) return spans
  const hash = createHash(algorithm)
  for (const [start, end] of spans.value) hash.update(bytes.subarray(start, end))
  if (image.certificateTable.sizeBytes === 0) hash.update(new Uint8Array(-bytes.length & 7))
  return decoded(hash.digest('hex'))
}

type Span = readonly [start: number, end: number]

function coveredSpans(fileSize: number, image: PeImage): Decoded<readonly Span[]> {
  if (image.neededBytes > fileSize) {
    return malformed(
      'incomplete',
      `the headers speak of ${image.neededBytes} bytes, the file has ${fileSize}`,
    )
  }
  const headers = headerSpans(image)
  const sections = image.sections
    .filter((section) => section.sizeBytes > 0)
    .sort((one, other) => one.fileOffset - other.fileOffset)
    .map((section): Span => [section.fileOffset, section.fileOffset + section.sizeBytes])
  // The specification counts hashed bytes instead of remembering where the last section ended, and so
  // do firmware and signers: with a gap between sections both see the same, slightly odd, remainder.
  const counted = sections.reduce((sum, [start, end]) => sum + end - start, image.headerSizeBytes)
  const remainder = fileSize - image.certificateTable.sizeBytes
  if (counted > remainder) return malformed('incomplete', 'sections overlap the certificate table')
  return decoded([...headers, ...sections, [counted, remainder]])
}

function headerSpans(image: PeImage): Span[] {
  const afterChecksum = image.checksumOffset + 4
  const entry = image.certificateEntryOffset
  if (entry === undefined) {
    return [
      [0, image.checksumOffset],
      [afterChecksum, image.headerSizeBytes],
    ]
  }
  return [
    [0, image.checksumOffset],
    [afterChecksum, entry],
    [entry + 8, image.headerSizeBytes],
  ]
}
