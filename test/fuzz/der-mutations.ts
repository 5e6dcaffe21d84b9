import type { Draft } from './draft.ts'
import { type Mutation, randomBytes } from './mutations.ts'
import { oneOf, type Random } from './random.ts'

/** One element of DER; `children` when it is constructed and its content can be read as elements. */
interface Element {
  tag: number
  content: Uint8Array
  children: Element[] | undefined
}

const tags = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x17, 0x18, 0x24, 0x30, 0x31, 0xa0, 0xa1, 0x80]
const deepest = 24

/** Changes to one element of a structure, with all lengths around it made right again. */
export const derMutations: readonly Mutation[] = [
  onElement((element, { random }) => {
    element.tag = oneOf(random, tags)
  }),
  onElement((element, { random }) => {
    element.children = undefined
    element.content = randomBytes(random, random(40))
  }),
  onElement((element, { random }) => {
    const { children, content } = element
    if (children === undefined) element.content = Uint8Array.from([...content.subarray(0, -1), random(256)])
    else children.splice(random(children.length + 1), 1)
  }),
  onElement(({ children }, { random }) => {
    if (children === undefined || children.length === 0) return
    children.splice(random(children.length + 1), 0, oneOf(random, children))
  }),
  onElement((element, { random, all }) => {
    const other = oneOf(random, all)
    Object.assign(element, {
      tag: other.tag,
      content: encode(other).subarray(headBytes(other)),
      children: undefined,
    })
  }),
  onElement((element, { random }) => {
    element.content = encode(element)
    element.children = undefined
    element.tag = oneOf(random, [0x30, 0x31, 0xa0, 0x24])
  }),
  function nestDeeply(draft, { random }) {
    const pair = oneOf(random, [
      [0x30, 0x80],
      [0x30, 0x30],
      [0x24, 0x80],
    ])
    draft.insert(
      random(draft.length + 1),
      Uint8Array.from({ length: 2 * (1 + random(200)) }, (_, at) => pair[at % 2] ?? 0),
    )
  },
  function setLength(draft, { random }) {
    draft.overwrite(random(draft.length || 1), oneOf(random, lengths))
  },
]

/** Lengths in all their forms, those that are forbidden too. */
const lengths = [
  '00',
  '7f',
  '80',
  '8100',
  '81ff',
  '82ffff',
  '8400000001',
  '84ffffffff',
  '88ffffffffffffffff',
  'ff',
].map((hex) => Buffer.from(hex, 'hex'))

interface Choice {
  readonly random: Random
  readonly all: readonly Element[]
}

function onElement(change: (element: Element, choice: Choice) => void): Mutation {
  return (draft: Draft, { random }) => {
    const roots = readElements(draft.input.slice(), 0)
    if (roots === undefined) return
    const all = everyElement(roots)
    change(oneOf(random, all), { random, all })
    draft.load(Buffer.concat(roots.map(encode)))
  }
}

/** Undefined when the bytes are no whole row of elements. */
function readElements(bytes: Uint8Array, depth: number): Element[] | undefined {
  const elements: Element[] = []
  for (let at = 0; at < bytes.length; ) {
    const [tag = 0, short = 0] = bytes.subarray(at, at + 2)
    const more = short < 0x80 ? 0 : short & 0x7f
    if (at + 2 + more > bytes.length || more > 3) return undefined
    const length = more === 0 ? short : Buffer.from(bytes).readUIntBE(at + 2, more)
    const begin = at + 2 + more
    at = begin + length
    if (at > bytes.length) return undefined
    const content = bytes.subarray(begin, at)
    const children = (tag & 0x20) !== 0 && depth < deepest ? readElements(content, depth + 1) : undefined
    elements.push({ tag, content, children })
  }
  return elements.length === 0 && depth === 0 ? undefined : elements
}

function everyElement(elements: readonly Element[]): Element[] {
  return elements.flatMap((element) => [element, ...everyElement(element.children ?? [])])
}

function encode({ tag, content, children }: Element): Buffer {
  const inside = children === undefined ? content : Buffer.concat(children.map(encode))
  return Buffer.concat([Uint8Array.from([tag, ...lengthOf(inside.length)]), inside])
}

function headBytes(element: Element): number {
  const total = encode(element).length
  return total < 0x82 ? 2 : total < 0x103 ? 3 : 4
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length]
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 255]
}
