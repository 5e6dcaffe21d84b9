/**
 * A map that keeps at least the `most / 2` entries used last, and at most `most`: bounded however
 * many strangers come. Two halves change places when the younger one is full, because a map that
 * loses its oldest entry at every turn becomes slow.
 */
export class RecentMap<Key, Value> {
  readonly #mostInHalf: number
  #young = new Map<Key, Value>()
  #old = new Map<Key, Value>()

  constructor(most: number) {
    this.#mostInHalf = Math.ceil(most / 2)
  }

  get(key: Key): Value | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: Key, value: Value): void {
    this.#young.set(key, value)
    if (this.#young.size < this.#mostInHalf) return
    this.#old = this.#young
    this.#young = new Map()
  }
}
