/**
 * A cursor over network bytes whose first failure sticks: reads after it return zeros or nothing,
 * so that a decoder reads straight down and looks at `failure` once, at the end.
 */
export class ByteReader {
  readonly #bytes: Uint8Array
  #offset = 0
  #failure: ReadFailure | undefined

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The first thing that went wrong, if anything did. */
  failure(): ReadFailure | undefined {
    return this.#failure
  }

  get offset(): number {
    return this.#offset
  }

  get remaining(): number {
    return this.#failure === undefined ? this.#bytes.length - this.#offset : 0
  }

  u8(what: string): number {
    return this.#has(1, what) ? (this.#bytes[this.#offset++] ?? 0) : 0
  }

  u16(what: string): number {
    return this.u8(what) * 0x100 + this.u8(what)
  }

  u32(what: string): number {
    return this.u16(what) * 0x1_0000 + this.u16(what)
  }

  /** A view of the next `count` bytes; empty after a failure. */
  take(count: number, what: string): Uint8Array {
    if (!this.#has(count, what)) return this.#bytes.subarray(0, 0)
    this.#offset += count
    return this.#bytes.subarray(this.#offset - count, this.#offset)
  }

  fail(problem: string, detail: string): void {
    this.#failure ??= { problem, detail }
  }

  #has(count: number, what: string): boolean {
    if (this.#failure !== undefined) return false
    const left = this.#bytes.length - this.#offset
    if (left >= count) return true
    this.fail('truncated', `${what} needs ${count} bytes at offset ${this.#offset}, ${left} are left`)
    return false
  }
}

export interface ReadFailure {
  readonly problem: string
  readonly detail: string
}
