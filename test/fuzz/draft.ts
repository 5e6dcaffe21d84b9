/** Bytes being changed, with room to grow. One is used for all inputs: nothing is allocated per input. */
export class Draft {
  readonly longest: number
  /** The first `length` of these are the input. */
  readonly bytes: Uint8Array
  length = 0

  constructor(longest: number) {
    this.longest = longest
    // Not at the beginning of its buffer: a decoder that forgets `byteOffset` reads something else.
    this.bytes = new Uint8Array(new ArrayBuffer(longest + 16), 8, longest)
  }

  /** The input as it is now: a view, good until the next change. */
  get input(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }

  load(source: Uint8Array): void {
    this.length = 0
    this.insert(0, source)
  }

  /** Puts `piece` in at `at`; what does not fit at the end is lost. */
  insert(at: number, piece: Uint8Array): void {
    const count = Math.min(piece.length, this.longest - at)
    const kept = Math.min(this.length - at, this.longest - at - count)
    this.bytes.copyWithin(at + count, at, at + kept)
    this.bytes.set(count === piece.length ? piece : piece.subarray(0, count), at)
    this.length = at + count + kept
  }

  remove(at: number, count: number): void {
    this.bytes.copyWithin(at, at + count, this.length)
    this.length = Math.max(at, this.length - count)
  }

  /** Writes over what is there; the input grows when it ends before. */
  overwrite(at: number, piece: Uint8Array): void {
    const count = Math.min(piece.length, this.longest - at)
    this.bytes.set(count === piece.length ? piece : piece.subarray(0, count), at)
    this.length = Math.max(this.length, at + count)
  }

  truncate(length: number): void {
    this.length = Math.min(this.length, length)
  }

  /** A copy of a part: what is inserted must not move under its own feet. */
  copy(at: number, count: number): Uint8Array {
    return this.bytes.slice(at, Math.min(this.length, at + count))
  }

  at(index: number): number {
    return index < this.length ? (this.bytes[index] as number) : 0
  }

  set(index: number, byte: number): void {
    if (index < this.length) this.bytes[index] = byte
  }
}
