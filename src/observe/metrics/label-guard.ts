const mostValues = 50
/** Stands for every value beyond the first ones. */
const otherValue = 'other'

/** Keeps labels few: a fault that makes up new values must not grow the registry without bound. */
export class LabelGuard {
  readonly #seen = new Map<string, Set<string>>()

  /** Each value itself while few are known of this label of this metric, else `other`. */
  bound(metric: string, labels: Readonly<Record<string, string>>): Record<string, string> {
    const entries = Object.entries(labels)
    return Object.fromEntries(
      entries.map(([label, value]) => [label, this.#pass(`${metric} ${label}`, value)]),
    )
  }

  #pass(place: string, value: string): string {
    const seen = this.#seen.get(place) ?? new Set()
    this.#seen.set(place, seen)
    if (seen.has(value)) return value
    if (seen.size >= mostValues) return otherValue
    seen.add(value)
    return value
  }
}
