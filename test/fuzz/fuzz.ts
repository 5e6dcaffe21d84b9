import { Corpus } from './corpus.ts'
import type { Coverage } from './coverage.ts'
import { Draft } from './draft.ts'
import { mutate } from './mutations.ts'
import { randomNumbers } from './random.ts'
import type { FuzzTarget } from './target.ts'

export interface FuzzOptions {
  readonly target: FuzzTarget
  readonly coverage: Coverage
  readonly seed: number
  /** False keeps nothing but the seeds, whatever an input reaches: to see what guidance is worth. */
  readonly guided?: boolean
  /** Asked now and then. */
  readonly isOver: (progress: Progress) => boolean
}

export interface Progress {
  readonly inputs: number
  readonly corpus: Corpus
}

/** An input for which something did not hold. */
export interface Find {
  readonly input: Uint8Array
  readonly error: unknown
}

export interface FuzzResult extends Progress {
  readonly find: Find | undefined
}

/** Inputs between two questions whether it is over. */
const turn = 64
/** Inputs kept in all for having combined known branches in a new way: they are many. */
const mostForSets = 1_024

/**
 * Feeds a target inputs made from those that reached something new, until one is found that must
 * not be, or it is over. The same seed and target make the same inputs.
 */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { target, coverage, guided = true } = options
  const random = randomNumbers(options.seed)
  const corpus = new Corpus(random)
  const draft = new Draft(target.longestBytes)
  const words = coverage.words
  const material = { random, words, other: () => corpus.any() }
  for (const seed of target.seeds) corpus.add(seed.subarray(0, target.longestBytes))
  const seeds = corpus.inputs
  for (let inputs = 0; ; inputs++) {
    if (inputs >= seeds.length && inputs % turn === 0 && options.isOver({ inputs, corpus }))
      return { inputs, corpus, find: undefined }
    draft.load(seeds[inputs] ?? corpus.choose())
    if (inputs >= seeds.length) mutate(draft, target.mutations ?? [], material)
    const { input } = draft
    const startedAtMs = performance.now()
    try {
      coverage.begin(target.mostWork(input.length))
      const running = target.run(input)
      if (running !== undefined) await running
      if (performance.now() - startedAtMs > slowMs) await requireFast(target, coverage, input)
      const { features, newSet } = coverage.end()
      if (inputs < seeds.length || !guided) continue
      if (features > 0 || (newSet && corpus.count < mostForSets)) corpus.add(input)
    } catch (error) {
      return { inputs: inputs + 1, corpus, find: { input: input.slice(), error } }
    }
  }
}

/** Longest that one input may take: work that is counted nowhere, in a regular expression for example. */
const slowMs = 500

/** Once more, in processor time: the fuzzer may have been stopped meanwhile, or had no processor. */
async function requireFast(target: FuzzTarget, coverage: Coverage, input: Uint8Array): Promise<void> {
  const before = process.threadCpuUsage()
  coverage.begin(target.mostWork(input.length))
  await target.run(input)
  const { user, system } = process.threadCpuUsage(before)
  const tookMs = (user + system) / 1000
  if (tookMs > slowMs) throw new Error(`it takes ${Math.round(tookMs)} ms`)
}

/** Whether this one input does harm; the error that it makes, if so. */
export async function attempt(
  target: FuzzTarget,
  coverage: Coverage,
  input: Uint8Array,
): Promise<{ readonly error: unknown } | undefined> {
  try {
    coverage.begin(target.mostWork(input.length))
    await target.run(input)
    await requireFast(target, coverage, input)
    return undefined
  } catch (error) {
    return { error }
  }
}
