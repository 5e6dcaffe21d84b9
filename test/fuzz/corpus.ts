import type { Random } from './random.ts'

interface Entry {
  readonly bytes: Uint8Array
  chosen: number
}

/** Inputs that reached something new, each at its time: what the next ones are made from. */
export class Corpus {
  readonly #entries: Entry[] = []
  readonly #random: Random
  #sizeBytes = 0

  constructor(random: Random) {
    this.#random = random
  }

  get count(): number {
    return this.#entries.length
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  get inputs(): readonly Uint8Array[] {
    return this.#entries.map(({ bytes }) => bytes)
  }

  add(bytes: Uint8Array): void {
    this.#entries.push({ bytes: bytes.slice(), chosen: 0 })
    this.#sizeBytes += bytes.length
  }

  /** Of two at random the one that had fewer turns, long ones counting more: new and short ones come soon. */
  choose(): Uint8Array {
    const [one, other] = [this.#any(), this.#any()]
    const chosen = cost(one) <= cost(other) ? one : other
    chosen.chosen++
    return chosen.bytes
  }

  any(): Uint8Array {
    return this.#any().bytes
  }

  #any(): Entry {
    const entry = this.#entries[this.#random(this.#entries.length)]
    if (entry === undefined) throw new RangeError('an empty corpus')
    return entry
  }
}

function cost({ chosen, bytes }: Entry): number {
  return (chosen + 1) * (64 + bytes.length)
}
