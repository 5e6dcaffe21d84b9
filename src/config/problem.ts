/** Keys and indexes from the root of the configuration, as Zod reports them. */
export type FieldPath = readonly PropertyKey[]

/** One thing wrong with a configuration, complete enough to be mended without the manual. */
export interface ConfigProblem {
  /** `interfaces[0].name`; empty for the whole file. */
  readonly field: string
  /** 1-based line in the file; undefined when the value came from a flag or the environment. */
  readonly line: number | undefined
  /** Where a value came from when it was not the file: `--interface` or `EMF_PXE_INTERFACE`. */
  readonly origin?: string
  readonly seen: string
  readonly wanted: string
}

export function fieldName(path: FieldPath): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('')
}

/** `line 4: interfaces[0].name is 7, wanted a string`. */
export function problemSentence(problem: ConfigProblem): string {
  const place = problem.origin ?? (problem.line === undefined ? undefined : `line ${problem.line}`)
  const subject = problem.field === '' ? problem.seen : `${problem.field}: ${problem.seen}`
  return `${place === undefined ? '' : `${place}: `}${subject}; wanted ${problem.wanted}`
}
