interface Link<Item> {
  readonly item: Item
  older: Link<Item> | undefined
  younger: Link<Item> | undefined
}

/**
 * A set that knows its oldest member. Asking a `Set` for its first value passes every hole that
 * removed members left, and an iterator kept for that purpose keeps every table that the set has
 * outgrown, with all removed members in it: memory without end. So each member knows its neighbours.
 */
export class OldestFirst<Item> {
  readonly #links = new Map<Item, Link<Item>>()
  #oldest: Link<Item> | undefined
  #youngest: Link<Item> | undefined

  /** One that is in the set already keeps its age. */
  add(item: Item): void {
    if (this.#links.has(item)) return
    const link: Link<Item> = { item, older: this.#youngest, younger: undefined }
    if (this.#youngest === undefined) this.#oldest = link
    else this.#youngest.younger = link
    this.#youngest = link
    this.#links.set(item, link)
  }

  /** True when it was in the set. */
  delete(item: Item): boolean {
    const link = this.#links.get(item)
    if (link === undefined) return false
    const { older, younger } = link
    if (older === undefined) this.#oldest = younger
    else older.younger = younger
    if (younger === undefined) this.#youngest = older
    else younger.older = older
    return this.#links.delete(item)
  }

  get oldest(): Item | undefined {
    return this.#oldest?.item
  }
}
