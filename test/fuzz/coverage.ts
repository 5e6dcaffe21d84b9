import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { edgesName, instrument, workName } from './instrument.ts'

const root = pathToFileURL(`${join(import.meta.dirname, '../..')}/`).href
const mostEdges = 0x1_0000
const mostSets = 100_000

/** An input made instrumented code run in circles. */
export class Endless extends Error {}

/** What an input was the first to reach. */
export interface Reached {
  /** Branches reached for the first time, or so often for the first time. */
  readonly features: number
  /** Nobody reached just this set of branches before. */
  readonly newSet: boolean
}

const nothingNew: Reached = { features: 0, newSet: false }

/**
 * Which branches the inputs have reached so far, and about how often each within one input (once,
 * twice, 3, 4–7, … 128 and more times): a pair of both is a *feature*, as in AFL. There is one set of
 * counters in a process, in its global object, where the instrumented modules find it.
 */
export class Coverage {
  readonly #counters = new Uint16Array(mostEdges)
  readonly #seen = new Uint8Array(mostEdges)
  readonly #words = new Map<string, Uint8Array>()
  readonly #work: Uint32Array & { endless?: () => never }
  /** Hashes of the sets of branches that inputs reached. */
  readonly #sets = new Set<number>()
  /** File and line of each branch. */
  readonly #places: string[] = []
  #edges = 0
  #covered = 0

  /** Modules loaded from now on whose path in the project begins with one of `covers` are instrumented. */
  constructor(covers: readonly string[]) {
    this.#work = Object.assign(new Uint32Array([0, 0xffff_ffff]), {
      endless: () => {
        this.#work[0] = 0
        throw new Endless(`more than ${this.#work[1]} calls and rounds of loops for one input`)
      },
    })
    Object.assign(globalThis, { [edgesName]: this.#counters, [workName]: this.#work })
    registerHooks({
      load: (url, context, nextLoad) => {
        const path = url.startsWith(root) ? url.slice(root.length) : ''
        if (!covers.some((prefix) => path.startsWith(prefix))) return nextLoad(url, context)
        return { format: 'module', source: this.#instrumented(new URL(url), path), shortCircuit: true }
      },
    })
  }

  /** Branches there are, in the modules loaded so far. */
  get edges(): number {
    return this.#edges
  }

  /** Branches that some input has reached. */
  get covered(): number {
    return this.#covered
  }

  /** File and line of those that none has. */
  get uncovered(): readonly string[] {
    return this.#places.filter((_place, edge) => this.#seen[edge] === 0)
  }

  /** Texts and numbers that the instrumented code compares with. */
  get words(): readonly Uint8Array[] {
    return [...this.#words.values()]
  }

  /** Before an input: all counters at zero, and how many calls and rounds of loops it may take. */
  begin(mostWork: number): void {
    this.#counters.fill(0, 0, this.#edges)
    this.#work[0] = 0
    this.#work[1] = mostWork
  }

  /** After it: what is new. */
  end(): Reached {
    const counters = this.#counters
    const seen = this.#seen
    let features = 0
    let set = 0
    for (let edge = 0; edge < this.#edges; edge++) {
      const count = counters[edge] as number
      if (count === 0) continue
      set = Math.imul(set ^ edge, 0x0100_0193) + 1
      const feature = count < 4 ? 1 << (count - 1) : 1 << Math.min(7, 33 - Math.clz32(count))
      const before = seen[edge] as number
      if ((before & feature) !== 0) continue
      if (before === 0) this.#covered++
      seen[edge] = before | feature
      features++
    }
    if (this.#sets.has(set)) return features === 0 ? nothingNew : { features, newSet: false }
    if (this.#sets.size < mostSets) this.#sets.add(set)
    return { features, newSet: true }
  }

  #instrumented(url: URL, path: string): string {
    const source = stripTypeScriptTypes(readFileSync(url, 'utf8'))
    const { code, lines, words } = instrument(source, this.#edges)
    for (const line of lines) this.#places.push(`${path}:${line}`)
    this.#edges += lines.length
    if (this.#edges > mostEdges) throw new RangeError(`more than ${mostEdges} branches`)
    for (const word of words) this.#words.set(Buffer.from(word).toString('hex'), word)
    return code
  }
}
