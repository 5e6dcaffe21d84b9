import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Coverage } from './coverage.ts'
import { attempt, type Find, fuzz } from './fuzz.ts'
import { Progress } from './progress.ts'
import { inputsOf, readHex } from './regressions.ts'
import { shrink } from './shrink.ts'
import type { FuzzTarget, TargetEntry } from './target.ts'
import { targets } from './targets.ts'

export interface FuzzFlags {
  readonly names: readonly string[]
  readonly list: boolean
  readonly minutes?: string | undefined
  readonly inputs?: string | undefined
  readonly seed: string
  readonly input?: string | undefined
  /** Also say which branches no input reached. */
  readonly uncovered: boolean
  readonly finds: string
}

const usage =
  'npm run fuzz -- TARGET [--minutes N | --inputs N] [--seed N] [--input FILE] [--uncovered] | --list'
const usualMinutes = 1

/** The fuzzer as a program: exit code 0 nothing found, 1 something found, 2 misused. */
export async function runFuzzer(
  flags: FuzzFlags,
  entries: readonly TargetEntry[] = targets,
): Promise<number> {
  if (flags.list) return await list(entries)
  const entry = entries.find(({ name }) => name === flags.names[0])
  if (entry === undefined || flags.names.length !== 1) {
    console.error(`${usage}\ntargets: ${entries.map(({ name }) => name).join(', ')}`)
    return 2
  }
  const coverage = new Coverage(entry.covers)
  const target = await (await entry.load()).open()
  try {
    if (flags.input !== undefined) return await repeat(target, coverage, flags.input)
    return await search(entry, target, coverage, flags)
  } finally {
    await target.close?.()
  }
}

async function list(entries: readonly TargetEntry[]): Promise<number> {
  const lines: string[] = []
  for (const { name, covers, load } of entries) {
    const target = await (await load()).open()
    await target.close?.()
    lines.push(name, `  feeds  ${target.feeds}`, `  covers ${covers.join(' ')}`)
    for (const rule of target.holds) lines.push(`  holds  ${rule}`)
  }
  console.log(lines.join('\n'))
  return 0
}

async function repeat(target: FuzzTarget, coverage: Coverage, file: string): Promise<number> {
  const input = readHex(file)
  const failure = await attempt(target, coverage, input)
  if (failure === undefined) console.log(`${file}: nothing wrong with these ${input.length} bytes`)
  else console.error(failure.error)
  return failure === undefined ? 0 : 1
}

async function search(
  entry: TargetEntry,
  target: FuzzTarget,
  coverage: Coverage,
  flags: FuzzFlags,
): Promise<number> {
  const progress = new Progress(entry.name, coverage, target.mostGrowthBytes)
  const mostInputs = flags.inputs === undefined ? Infinity : Number(flags.inputs)
  const mostMs = 60_000 * Number(flags.minutes ?? (flags.inputs === undefined ? usualMinutes : Infinity))
  const seed = Number(flags.seed)
  if (![mostInputs, mostMs, seed].every((number) => number >= 0)) throw new RangeError(usage)
  console.log(
    `${entry.name}: seed ${seed}, ${coverage.edges} branches, ${target.seeds.length} inputs to begin with`,
  )
  const { inputs, corpus, find } = await fuzz({
    target: { ...target, seeds: [...target.seeds, ...inputsOf(entry.name)] },
    coverage,
    seed,
    isOver: (now) => {
      progress.look(now)
      return now.inputs >= mostInputs || progress.elapsedMs >= mostMs
    },
  })
  progress.tell({ inputs, corpus })
  if (flags.uncovered) for (const place of coverage.uncovered) console.log(`  not reached: ${place}`)
  if (find === undefined) return 0
  await report(entry, target, coverage, flags, find)
  return 1
}

/** Writes the input to a file, and how to repeat it. */
async function report(
  { name }: TargetEntry,
  target: FuzzTarget,
  coverage: Coverage,
  { finds }: FuzzFlags,
  find: Find,
): Promise<void> {
  const small = await shrink(target, coverage, find)
  const hash = createHash('sha256').update(small.input).digest('hex').slice(0, 12)
  const file = join(finds, `${name}-${hash}.hex`)
  mkdirSync(finds, { recursive: true })
  writeFileSync(file, `${Buffer.from(small.input).toString('hex').replaceAll(/.{64}/g, '$&\n')}\n`)
  console.error(small.error)
  console.error(
    `\nFound after the above: ${small.input.length} bytes (${find.input.length} as found), in ${file}`,
  )
  console.error(`  npm run fuzz -- ${name} --input ${file}`)
}
