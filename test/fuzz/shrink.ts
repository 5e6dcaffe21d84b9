import type { Coverage } from './coverage.ts'
import { attempt, type Find } from './fuzz.ts'
import type { FuzzTarget } from './target.ts'

/** Attempts that a find is worth. */
const mostAttempts = 5_000

/** The find without the bytes that it does not need: parts are left out, then bytes made zero, as long as it still fails alike. */
export async function shrink(target: FuzzTarget, coverage: Coverage, find: Find): Promise<Find> {
  const wanted = placeOf(find.error)
  let best = find
  let attempts = 0
  const isBetter = async (input: Uint8Array) => {
    const failure = attempts++ < mostAttempts ? await attempt(target, coverage, input) : undefined
    if (failure === undefined || placeOf(failure.error) !== wanted) return false
    best = { input, error: failure.error }
    return true
  }
  for (let size = Math.max(1, find.input.length >> 1); size >= 1; size >>= 1)
    for (let at = 0; at < best.input.length; )
      if (!(await isBetter(without(best.input, at, size)))) at += size
  for (let at = 0; at < best.input.length; at++)
    if (best.input[at] !== 0) await isBetter(best.input.with(at, 0))
  return best
}

function without(bytes: Uint8Array, at: number, count: number): Uint8Array {
  return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + count)])
}

/** Numbers in a message come from the input: where an error was thrown says better what it is. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const line = error.stack?.split('\n').find((text) => /^\s+at /.test(text)) ?? ''
  return `${error.name} ${line}`
}
