import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openCLibrary } from './c-library.ts'

const MADV_DONTNEED = 4

/** One mapping of /proc/PID/smaps. */
interface Mapping {
  readonly start: bigint
  readonly bytes: bigint
}

/**
 * Garbage that V8 lets pile up before it looks at the old part of the heap, in percent of what is alive.
 * By itself it grows to more than twice that under a flood of requests: 176 MB of which 72 were alive.
 */
const garbagePercent = 40

/**
 * Lets go of what only the start needed: garbage on the heap, free memory of the C library, and the
 * pages of the program's own file and of its libraries that were read on the way (some 40 MB of a
 * Node binary). Whatever is needed again comes back from the page cache by itself, page by page.
 * Where the kernel or this Node cannot, everything stays as it is. From then on the heap grows slowly.
 */
export function releaseStartMemory(): void {
  try {
    setFlagsFromString(`--heap-growing-percent=${garbagePercent}`)
    collectGarbage()
    const libc = open()
    if (libc === undefined) return
    for (const { start, bytes } of cleanFileMappings(readFileSync('/proc/self/smaps', 'latin1')))
      libc.madvise(start, bytes, MADV_DONTNEED)
    libc.malloc_trim?.(0n)
  } catch {
    // Nothing depends on it.
  }
}

/**
 * Mappings of files that can be dropped without loss: not writable, and no page of them was ever
 * changed (`Anonymous: 0 kB`; what the loader relocated counts as changed).
 */
export function cleanFileMappings(smaps: string): Mapping[] {
  const mappings: Mapping[] = []
  for (const entry of smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
    const head = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p \S+ \S+ [1-9]\d* +\//.exec(entry)
    if (head === null || !/^Anonymous: +0 kB$/m.test(entry)) continue
    const [start, end] = [BigInt(`0x${head[1]}`), BigInt(`0x${head[2]}`)]
    mappings.push({ start, bytes: end - start })
  }
  return mappings
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  if (typeof collect === 'function') collect()
}

function open() {
  return openCLibrary({
    madvise: { arguments: ['pointer', 'uint64', 'int32'], return: 'int32' },
    malloc_trim: { arguments: ['uint64'], return: 'int32' },
  })?.functions
}
