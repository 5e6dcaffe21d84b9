import { sha256Of } from '../artifact/sha256.ts'

export interface IpxeWishes {
  /** Version of the iPXE it claims to be; undefined: it is no iPXE, and none of the rest is in it. */
  readonly ipxeVersion?: string
  /** What the embedded script says; undefined leaves it out. */
  readonly script?: string
  /** DER of certificates to carry and to trust as roots. */
  readonly trusted?: readonly Uint8Array[]
  /** Fingerprints to trust, hexadecimal, without carrying their certificates. */
  readonly trustedFingerprints?: readonly string[]
  /** Leave out the structure that points to the fingerprints, as if it could not be recognised. */
  readonly hideRootTable?: boolean
  /** Built with HTTPS? Default true. */
  readonly https?: boolean
}

/**
 * What an iPXE binary holds that can be told from outside: product name and version
 * (src/core/version.c), the script probe's magic, scripts and certificates as they are, and the root
 * store with its pointers (src/crypto/rootcert.c). `base`: address that the first byte will have.
 */
export function ipxeParts(wishes: IpxeWishes, base: number, pointerSize: 4 | 8): Buffer {
  if (wishes.ipxeVersion === undefined) return Buffer.alloc(0)
  const parts = new Layout(base)
  parts.text(`\0iPXE\0\0\0${wishes.ipxeVersion}\0`)
  parts.text(`#!gpxe\0#!ipxe\0http\0${wishes.https === false ? '' : 'https\0'}`)
  for (const der of wishes.trusted ?? []) parts.put(der)
  const fingerprints = [...(wishes.trusted ?? []).map(sha256Of), ...(wishes.trustedFingerprints ?? [])]
  const list = parts.put(Buffer.from(fingerprints.join(''), 'hex'))
  if (wishes.hideRootTable !== true) rootStore(parts, fingerprints.length, list, pointerSize)
  if (wishes.script !== undefined) parts.text(`${wishes.script}\0`)
  return parts.bytes()
}

/** struct digest_algorithm { name, … } and struct x509_root { digest, count, fingerprints }. */
function rootStore(parts: Layout, count: number, list: number, pointerSize: 4 | 8): void {
  const name = parts.text('sha256\0')
  const algorithm = parts.put(pointers(pointerSize, name, 112, 64, 32))
  parts.put(pointers(pointerSize, algorithm, count, list))
}

function pointers(size: 4 | 8, ...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * size)
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * size)
  return bytes
}

/** Objects one after the other, each on an 8-byte boundary. */
class Layout {
  readonly #base: number
  readonly #parts: Buffer[] = []
  #length = 0

  constructor(base: number) {
    this.#base = base
  }

  /** Returns the address it got. */
  put(bytes: Uint8Array): number {
    const padded = Buffer.alloc((bytes.length + 7) & ~7)
    padded.set(bytes)
    this.#parts.push(padded)
    this.#length += padded.length
    return this.#base + this.#length - padded.length
  }

  text(text: string): number {
    return this.put(Buffer.from(text))
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts)
  }
}
