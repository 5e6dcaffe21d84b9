import { type Decoded, decoded, malformed } from '../../wire/decoded.ts'
import { FileCursor } from './cursor.ts'
import type { PeImage } from './pe.ts'

/*
 * The certificate table is a run of WIN_CERTIFICATE structures, each on an 8-byte boundary
 * (PE format specification, "The Attribute Certificate Table"; UEFI specification §32.2.4):
 *
 *   u32 length, these 8 bytes included | u16 revision 0x0200 | u16 type | data
 */

/** PKCS#7 SignedData with Authenticode content: the only type that firmware accepts from signing tools. */
export const pkcsSignedData = 0x0002

export interface WinCertificate {
  readonly type: number
  readonly data: Uint8Array
}

const maximumEntries = 32

/** Problem: `bad-certificate-table`. */
export function readCertificateTable(bytes: Uint8Array, image: PeImage): Decoded<readonly WinCertificate[]> {
  const { fileOffset, sizeBytes } = image.certificateTable
  const end = fileOffset + sizeBytes
  if (end > bytes.length) return bad(`it ends at byte ${end}, the file has ${bytes.length}`)
  const entries: WinCertificate[] = []
  let offset = fileOffset
  while (offset + 8 <= end) {
    const cursor = new FileCursor(bytes, offset)
    const length = cursor.u32()
    cursor.skip(2)
    const type = cursor.u16()
    if (length <= 8 || offset + length > end) return bad(`entry at byte ${offset} has length ${length}`)
    if (entries.length === maximumEntries) return bad(`more than ${maximumEntries} entries`)
    entries.push({ type, data: bytes.subarray(offset + 8, offset + length) })
    offset += (length + 7) & ~7
  }
  return decoded(entries)
}

function bad(detail: string): Decoded<never> {
  return malformed('bad-certificate-table', detail)
}
