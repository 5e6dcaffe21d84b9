import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Coverage } from './coverage.ts'
import type { Progress as Reached } from './fuzz.ts'

const everyMs = 60_000
/** More than this beyond the first look, corpus not counted, and something keeps what it should let go. */
const usualGrowthBytes = 24e6

/** Says how far the fuzzer is, once a minute, and whether memory grows. */
export class Progress {
  readonly #name: string
  readonly #coverage: Coverage
  readonly #mostGrowthBytes: number
  readonly #startedAtMs = performance.now()
  readonly #cpuAtStart = process.cpuUsage()
  readonly #collectGarbage: () => void
  #toldAtMs = this.#startedAtMs
  #heapAtFirst: number | undefined

  constructor(name: string, coverage: Coverage, mostGrowthBytes = usualGrowthBytes) {
    this.#name = name
    this.#coverage = coverage
    this.#mostGrowthBytes = mostGrowthBytes
    setFlagsFromString('--expose-gc')
    this.#collectGarbage = runInNewContext('gc')
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAtMs
  }

  /** Tells when it is time. Throws when the heap has grown. */
  look(reached: Reached): void {
    if (performance.now() - this.#toldAtMs < everyMs) return
    this.#toldAtMs = performance.now()
    this.tell(reached)
  }

  tell({ inputs, corpus }: Reached): void {
    this.#collectGarbage()
    const heapBytes = process.memoryUsage().heapUsed - corpus.sizeBytes
    const { user, system } = process.cpuUsage(this.#cpuAtStart)
    const cpuSeconds = (user + system) / 1e6
    const { covered, edges } = this.#coverage
    console.log(
      [
        `${this.#name}: ${(this.elapsedMs / 60_000).toFixed(1)} min (${(cpuSeconds / 60).toFixed(1)} min CPU)`,
        `${inputs} inputs, ${Math.round(inputs / cpuSeconds)}/s of CPU`,
        `${covered} of ${edges} branches`,
        `corpus ${corpus.count} inputs, ${corpus.sizeBytes} bytes`,
        `heap ${(heapBytes / 1e6).toFixed(1)} MB`,
      ].join(' · '),
    )
    this.#heapAtFirst ??= heapBytes
    const grown = heapBytes - this.#heapAtFirst
    if (grown > this.#mostGrowthBytes)
      throw new Error(`memory grows: ${Math.round(grown / 1e6)} MB since the first look`)
  }
}
