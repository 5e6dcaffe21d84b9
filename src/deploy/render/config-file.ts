import { isDeepStrictEqual } from 'node:util'
import { type Document, isMap, parseDocument, stringify } from 'yaml'
import type { ConfigInput } from '../../config/schema.ts'

const heading = `# emf-pxe: what this site's PXE server does. Every field and default: docs/config.md
# After a change: emf-pxe status, then reload the service.
`

/**
 * Text of the configuration file. With the text that is there now, only fields that differ are
 * rewritten: comments, order and spelling of the rest are the operator's own and stay.
 */
export function configFileText(config: ConfigInput, present?: string): string {
  const plain = withoutUndefined({ version: 1, ...config })
  if (present === undefined) return heading + stringify(plain, { lineWidth: 0 })
  const document = parseDocument(present)
  if (document.errors.length > 0 || !isMap(document.contents))
    return heading + stringify(plain, { lineWidth: 0 })
  const before = document.toJS() as Readonly<Record<string, unknown>>
  if (isDeepStrictEqual(withDefaultVersion(before), plain)) return present
  rewrite(document, [], before, plain)
  return document.toString({ lineWidth: 0 })
}

function rewrite(
  document: Document,
  path: readonly string[],
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [before[key], after[key]]
    if (isDeepStrictEqual(was, is)) continue
    if (is === undefined) document.deleteIn([...path, key])
    else if (isPlainObject(was) && isPlainObject(is)) rewrite(document, [...path, key], was, is)
    else document.setIn([...path, key], is)
  }
}

function withDefaultVersion(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { version: 1, ...value }
}

function withoutUndefined(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
