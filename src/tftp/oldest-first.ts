/**
 * A set that knows its oldest member. Asking a `Set` for its first value passes every hole that
 * removed members left; one iterator that goes along with the set passes each of them once.
 */
export class OldestFirst<Item> {
  readonly #items = new Set<Item>()
  #cursor = this.#items.values()
  #candidate: Item | undefined

  add(item: Item): void {
    this.#items.add(item)
  }

  /** True when it was in the set. */
  delete(item: Item): boolean {
    return this.#items.delete(item)
  }

  get oldest(): Item | undefined {
    if (this.#items.size === 0) return undefined
    while (this.#candidate === undefined || !this.#items.has(this.#candidate)) {
      const next = this.#cursor.next()
      if (next.done) this.#cursor = this.#items.values()
      else this.#candidate = next.value
    }
    return this.#candidate
  }
}
