import type { z } from 'zod'
import { crossChecks } from './cross-checks.ts'
import { nearest } from './nearest.ts'
import { type ConfigProblem, type FieldPath, fieldName } from './problem.ts'
import { type Config, configSchema } from './schema.ts'

/** Where a field's value came from, for messages. */
export interface Origins {
  lineOf(path: FieldPath): number | undefined
  originOf(path: FieldPath): string | undefined
}

export type Validated =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

/** Checks a parsed value against the schema and across fields, and collects every problem. */
export function validateConfig(value: unknown, origins: Origins): Validated {
  const result = configSchema.safeParse(value, { reportInput: true })
  if (!result.success) {
    return { ok: false, problems: result.error.issues.flatMap((issue) => problemsOf(issue, value, origins)) }
  }
  const problems = crossChecks(result.data).map(({ path, seen, wanted }) =>
    locate(path, seen, wanted, origins),
  )
  return problems.length === 0 ? { ok: true, config: result.data } : { ok: false, problems }
}

function problemsOf(issue: z.core.$ZodIssue, root: unknown, origins: Origins): ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...issue.path, key], siblingsOf(issue.path), origins))
  }
  return [locate(issue.path, seenAt(root, issue.path), wantedOf(issue), origins)]
}

function unknownKey(path: FieldPath, known: readonly string[], origins: Origins): ConfigProblem {
  const guess = nearest(String(path.at(-1)), known)
  const wanted = guess === undefined ? `one of ${known.join(', ')}` : `\`${guess}\`?`
  return locate(path, 'there is no such field', wanted, origins)
}

function locate(path: FieldPath, seen: string, wanted: string, origins: Origins): ConfigProblem {
  const origin = origins.originOf(path)
  return {
    field: fieldName(path),
    line: origin === undefined ? origins.lineOf(path) : undefined,
    ...(origin === undefined ? {} : { origin }),
    seen,
    wanted,
  }
}

/** The value as written, shortened: a person recognises it, a log stays one line. */
function seenAt(root: unknown, path: FieldPath): string {
  const value = path.reduce<unknown>(
    (node, key) => (node as Record<PropertyKey, unknown> | undefined)?.[key],
    root,
  )
  if (value === undefined) return 'is missing'
  const text = JSON.stringify(value)
  return `is ${text.length > 60 ? `${text.slice(0, 57)}...` : text}`
}

const plainNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list (lines starting with `- `)',
  object: 'a group of fields (indented `name: value` lines)',
}

function wantedOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return plainNames[issue.expected] ?? issue.expected
    case 'invalid_value':
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
    case 'too_small':
      return issue.origin === 'array' ? issue.message : `${issue.minimum} or more`
    case 'too_big':
      return `${issue.maximum} or less`
    case 'invalid_union':
      return issue.errors.flat().map(wantedOf).at(-1) ?? issue.message
    default:
      return issue.message
  }
}

/** Field names that the schema knows at `path`. */
function siblingsOf(path: FieldPath): string[] {
  let node: unknown = configSchema
  for (const key of path) node = typeof key === 'number' ? elementOf(node) : shapeOf(node)[String(key)]
  return Object.keys(shapeOf(node))
}

interface SchemaNode {
  shape?: Record<string, unknown>
  element?: unknown
  unwrap?: () => unknown
}

function shapeOf(node: unknown): Record<string, unknown> {
  return bare(node).shape ?? {}
}

function elementOf(node: unknown): unknown {
  return bare(node).element
}

/** The schema inside defaults and optionals. */
function bare(node: unknown): SchemaNode {
  let schema = node as SchemaNode
  while (schema.shape === undefined && schema.element === undefined && schema.unwrap !== undefined) {
    schema = schema.unwrap() as SchemaNode
  }
  return schema
}
