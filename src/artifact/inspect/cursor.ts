/**
 * Reads little-endian fields from the bytes of a file. The first read past the end sticks: later
 * reads give zero, and `failedAt` says where, so that a parser is a list of fields with one check
 * at its end.
 */
export class FileCursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #offset: number
  #failedAt: number | undefined

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#offset = offset
  }

  /** Offset of the first field that did not fit; undefined while all is well. */
  get failedAt(): number | undefined {
    return this.#failedAt
  }

  get offset(): number {
    return this.#offset
  }

  moveTo(offset: number): void {
    this.#offset = offset
  }

  skip(count: number): void {
    if (this.#fits(count)) this.#take(count)
  }

  u16(): number {
    return this.#fits(2) ? this.#view.getUint16(this.#take(2), true) : 0
  }

  u32(): number {
    return this.#fits(4) ? this.#view.getUint32(this.#take(4), true) : 0
  }

  u64(): bigint {
    return this.#fits(8) ? this.#view.getBigUint64(this.#take(8), true) : 0n
  }

  bytes(count: number): Uint8Array {
    return this.#fits(count) ? this.#bytes.subarray(this.#take(count), this.#offset) : new Uint8Array(0)
  }

  #fits(count: number): boolean {
    if (this.#failedAt === undefined && (this.#offset < 0 || this.#offset + count > this.#bytes.length)) {
      this.#failedAt = this.#offset
    }
    return this.#failedAt === undefined
  }

  #take(count: number): number {
    const start = this.#offset
    this.#offset += count
    return start
  }
}
