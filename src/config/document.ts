import { isMap, isSeq, LineCounter, parseDocument } from 'yaml'
import type { ConfigProblem, FieldPath } from './problem.ts'

/** A YAML text with a way back from a field to the line a person wrote it on. */
export interface ConfigDocument {
  readonly value: unknown
  /** Syntax errors; empty when the text is YAML. */
  readonly problems: readonly ConfigProblem[]
  /** 1-based line of a field, or of the nearest parent that was written; 1 when nothing was. */
  lineOf(path: FieldPath): number
}

/** Reads YAML 1.2. Never throws: syntax errors come back as problems. */
export function parseConfigText(text: string): ConfigDocument {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false })
  const lineAt = (offset: number): number => Math.max(1, lineCounter.linePos(offset).line)
  const problems = document.errors.map(
    (error): ConfigProblem => ({
      field: '',
      line: lineAt(error.pos[0]),
      seen: firstSentence(error.message),
      wanted: 'valid YAML (spaces, not tabs; `name: value`)',
    }),
  )
  return {
    value: problems.length > 0 ? undefined : (document.toJS() ?? {}),
    problems,
    lineOf: (path) => lineOfNode(document.contents, path, lineAt),
  }
}

function lineOfNode(root: unknown, path: FieldPath, lineAt: (offset: number) => number): number {
  let node = root
  let line = 1
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => String(item.key) === String(key))
      if (pair === undefined) return line
      line = lineOfKey(pair.key, lineAt) ?? line
      node = pair.value
    } else if (isSeq(node)) {
      const item = node.items[Number(key)]
      if (item === undefined) return line
      line = lineOfKey(item, lineAt) ?? line
      node = item
    } else return line
  }
  return line
}

function lineOfKey(node: unknown, lineAt: (offset: number) => number): number | undefined {
  const range = (node as { range?: readonly number[] | null } | undefined)?.range
  return range?.[0] === undefined ? undefined : lineAt(range[0])
}

function firstSentence(message: string): string {
  return message.split('\n', 1)[0] ?? message
}
