import { dataHeaderBytes } from '../wire/tftp/constants.ts'
import { writeDataHeader } from '../wire/tftp/encode.ts'
import { wireNumber } from './session/numbering.ts'

/** Files above this are cut anew for each transfer: keeping them twice would cost too much memory. */
const mostKeptBytes = 16 * 1024 * 1024
/** Block sizes kept for one file: firmware uses 1468, iPXE 1432, plain clients 512. */
const mostKeptSizes = 4

/** The DATA datagrams of one file at one block size. */
export class Blocks {
  readonly #bytes: Uint8Array
  readonly #blockBytes: number
  readonly #wrapsTo: 0 | 1
  readonly #kept: Uint8Array[] | undefined

  constructor(bytes: Uint8Array, blockBytes: number, wrapsTo: 0 | 1, keep: boolean) {
    this.#bytes = bytes
    this.#blockBytes = blockBytes
    this.#wrapsTo = wrapsTo
    this.#kept = keep ? [] : undefined
  }

  /** Datagram of block `block` (from 1), header and bytes; not to be changed. */
  datagram(block: number): Uint8Array {
    const known = this.#kept?.[block]
    if (known !== undefined) return known
    const made = this.#make(block)
    if (this.#kept !== undefined) this.#kept[block] = made
    return made
  }

  range(first: number, count: number): Uint8Array[] {
    const datagrams: Uint8Array[] = []
    for (let block = first; block < first + count; block++) datagrams.push(this.datagram(block))
    return datagrams
  }

  #make(block: number): Uint8Array {
    const start = (block - 1) * this.#blockBytes
    const data = this.#bytes.subarray(start, start + this.#blockBytes)
    const datagram = Buffer.allocUnsafe(dataHeaderBytes + data.length)
    writeDataHeader(datagram, 0, wireNumber(block, this.#wrapsTo))
    datagram.set(data, dataHeaderBytes)
    return datagram
  }
}

const kept = new WeakMap<Uint8Array, Map<string, Blocks>>()

/**
 * The datagrams of a file, shared by all its transfers: a thousand nodes that fetch the same file
 * cause one copy of it, made as the first of them goes along.
 */
export function blocksOf(bytes: Uint8Array, blockBytes: number, wrapsTo: 0 | 1): Blocks {
  const sizes = kept.get(bytes) ?? new Map<string, Blocks>()
  kept.set(bytes, sizes)
  const key = `${blockBytes}/${wrapsTo}`
  const known = sizes.get(key)
  if (known !== undefined) return known
  const keep = bytes.length <= mostKeptBytes && sizes.size < mostKeptSizes
  const blocks = new Blocks(bytes, blockBytes, wrapsTo, keep)
  if (keep) sizes.set(key, blocks)
  return blocks
}
