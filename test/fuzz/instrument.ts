import { type Node, parse } from 'acorn'

/** JavaScript with counters in it, and what its literals suggest to try. */
export interface Instrumented {
  readonly code: string
  /** The line of each counter, in the order of their numbers; the first has the number that was asked for. */
  readonly lines: readonly number[]
  readonly words: readonly Uint8Array[]
}

/** What the counters are called in the code; `coverage.ts` puts both into the global object. */
export const edgesName = '$edges'
export const workName = '$work'

interface Edit {
  readonly at: number
  readonly text: string
  /** Of equal places: what closes comes first, innermost first; what opens, outermost first. */
  readonly rank: number
}

/**
 * Puts a counter at every place that control flow can reach by a way of its own: functions, both sides
 * of `if` and `?:`, right sides of `&&`, `||` and `??`, loop bodies, `case`s and `catch`es. A missing
 * `else` gets one. Functions and loops also count work, so that one without an end is stopped. Lines
 * stay where they are. `source` is an ES module without types.
 */
export function instrument(source: string, firstEdge: number): Instrumented {
  const edits: Edit[] = []
  const words: Uint8Array[] = []
  const lines: number[] = []
  const count = (at: number) => {
    lines.push(source.slice(0, at).split('\n').length)
    return `${edgesName}[${firstEdge + lines.length - 1}]++`
  }
  const work = ({ start }: Node) => `${count(start)};++${workName}[0]>${workName}[1]&&${workName}.endless();`
  const open = (at: number, text: string) => edits.push({ at, text, rank: 1e9 - edits.length })
  const close = (at: number, text: string) => edits.push({ at, text, rank: edits.length })
  const expression = ({ start, end }: Node) => {
    open(start, `(${count(start)},`)
    close(end, ')')
  }
  const statement = ({ type, start, end }: Node, counter: string) => {
    if (type === 'BlockStatement') return open(start + 1, counter)
    open(start, `{${counter}`)
    return close(end, '}')
  }
  const visit = (node: Fields) => {
    for (const child of childrenOf(node)) visit(child)
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
        return statement(nodeIn(node.body), work(node))
      case 'ArrowFunctionExpression': {
        const body = nodeIn(node.body)
        return body.type === 'BlockStatement' ? statement(body, work(node)) : expression(body)
      }
      case 'ConditionalExpression':
        expression(nodeIn(node.consequent))
        return expression(nodeIn(node.alternate))
      case 'LogicalExpression':
        return expression(nodeIn(node.right))
      case 'IfStatement':
        statement(nodeIn(node.consequent), `${count(nodeIn(node.consequent).start)};`)
        if (isNode(node.alternate)) return statement(node.alternate, `${count(node.alternate.start)};`)
        return close(nodeIn(node.consequent).end, ` else {${count(node.end)}}`)
      case 'ForStatement':
      case 'ForOfStatement':
      case 'ForInStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
        return statement(nodeIn(node.body), work(node))
      case 'CatchClause':
        return statement(nodeIn(node.body), `${count(node.start)};`)
      case 'SwitchCase': {
        const [first] = Array.isArray(node.consequent) ? node.consequent : []
        if (isNode(first)) open(first.start, `${count(first.start)};`)
        return undefined
      }
      case 'Literal':
        return void words.push(...wordsOf(node.value))
      case 'TemplateElement':
        return void words.push(...wordsOf((node.value as { cooked?: unknown }).cooked))
    }
    return undefined
  }
  visit(
    parse(source, { ecmaVersion: 'latest', sourceType: 'module', preserveParens: true }) as unknown as Fields,
  )
  edits.push({ at: 0, text: `const {${edgesName},${workName}}=globalThis;`, rank: -1 })
  return { code: applied(source, edits), lines, words }
}

type Fields = Node & Readonly<Record<string, unknown>>

function isNode(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

function nodeIn(value: unknown): Fields {
  if (!isNode(value)) throw new TypeError('a syntax tree without a part that it must have')
  return value
}

function childrenOf(node: Fields): readonly Fields[] {
  return Object.values(node).flat().filter(isNode)
}

function applied(source: string, edits: readonly Edit[]): string {
  const ordered = edits.toSorted((one, other) => one.at - other.at || one.rank - other.rank)
  const parts: string[] = []
  let done = 0
  for (const { at, text } of ordered) {
    parts.push(source.slice(done, at), text)
    done = at
  }
  return parts.join('') + source.slice(done)
}

/** A text as its bytes; a number in each width that holds it, most and least significant byte first. */
function wordsOf(value: unknown): readonly Uint8Array[] {
  if (typeof value === 'string')
    return value.length >= 2 && value.length <= 40 ? [Buffer.from(value, 'latin1')] : []
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 2 || value > 0xffff_ffff) return []
  const wide = Buffer.alloc(4)
  wide.writeUInt32BE(value)
  const widths = value > 0xffff ? [4] : value > 0xff ? [2, 4] : [1, 2]
  return widths.flatMap((width) => [wide.subarray(4 - width), wide.subarray(4 - width).toReversed()])
}
