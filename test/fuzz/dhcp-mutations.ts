import { DhcpOption } from '../../src/wire/dhcp/constants.ts'
import type { Draft } from './draft.ts'
import { type Mutation, randomBytes } from './mutations.ts'
import { oneOf, type Random } from './random.ts'

/** `code | length | value` lies from `at` to `end`. */
interface Triple {
  readonly at: number
  readonly end: number
}

const optionsAt = 240
const fields = { op: 0, hlen: 2, flags: 10, ciaddr: 12, giaddr: 24, chaddr: 28, sname: 44, file: 108 }
const codes = Object.values(DhcpOption)
/** Options that hold triples of their own. */
const encapsulating: readonly number[] = [
  DhcpOption.vendorSpecific,
  DhcpOption.relayAgentInformation,
  DhcpOption.ipxeEncapsulated,
]

/** Changes that keep a packet's options readable, so that what reads their values is reached too. */
export const dhcpMutations: readonly Mutation[] = [
  function insertOption(draft, { random }) {
    draft.insert(boundary(draft, random), triple(random, oneOf(random, codes)))
  },
  function insertUnknownOption(draft, { random }) {
    draft.insert(boundary(draft, random), triple(random, random(256)))
  },
  function removeOption(draft, { random }) {
    const option = anyOption(draft, random)
    if (option !== undefined) draft.remove(option.at, option.end - option.at)
  },
  function repeatOption(draft, { random }) {
    const option = anyOption(draft, random)
    if (option !== undefined)
      draft.insert(boundary(draft, random), draft.copy(option.at, option.end - option.at))
  },
  function renameOption(draft, { random }) {
    const option = anyOption(draft, random)
    if (option !== undefined) draft.set(option.at, oneOf(random, codes))
  },
  function lieAboutLength(draft, { random }) {
    const option = anyOption(draft, random)
    if (option !== undefined) draft.set(option.at + 1, oneOf(random, [0, 1, 2, 4, 16, 17, 254, 255]))
  },
  function changeLength(draft, { random }) {
    const option = anyOption(draft, random)
    if (option === undefined) return
    const piece = randomBytes(random, random(20))
    const length = draft.at(option.at + 1)
    if (length + piece.length > 255) return
    draft.set(option.at + 1, length + piece.length)
    draft.insert(option.end, piece)
  },
  function changeValue(draft, { random }) {
    const option = anyOption(draft, random)
    if (option === undefined || option.end < option.at + 3) return
    draft.set(option.at + 2 + random(option.end - option.at - 2), random(256))
  },
  function insertSubOption(draft, { random }) {
    const inner = triple(random, oneOf(random, [0, 1, 5, 6, 8, 10, 11, 71, 177, 235, 255]))
    const outer = oneOf(random, encapsulating)
    draft.insert(boundary(draft, random), Uint8Array.of(outer, inner.length, ...inner))
  },
  function setWord(draft, { random, words }) {
    if (words.length === 0) return
    const value = oneOf(random, words)
    draft.insert(boundary(draft, random), Uint8Array.of(oneOf(random, codes), value.length, ...value))
  },
  function overload(draft, { random }) {
    draft.insert(boundary(draft, random), Uint8Array.of(DhcpOption.overload, 1, random(5)))
    draft.overwrite(oneOf(random, [fields.sname, fields.file]), triple(random, oneOf(random, codes)))
  },
  function insertEnd(draft, { random }) {
    draft.insert(boundary(draft, random), Uint8Array.of(DhcpOption.end))
  },
  function setField(draft, { random }) {
    draft.set(
      oneOf(random, Object.values(fields)),
      oneOf(random, [0, 1, 2, 6, 16, 17, 127, 128, 223, 224, 255]),
    )
  },
  function setMessageType(draft, { random }) {
    draft.insert(optionsAt, Uint8Array.of(DhcpOption.messageType, 1, random(10)))
  },
]

function triple(random: Random, code: number): Uint8Array {
  const value = randomBytes(random, oneOf(random, [0, 1, 1, 2, 2, 3, 4, 4, 7, 8, 16, 17, 32, 64, 255]))
  return Uint8Array.of(code, value.length, ...value)
}

function anyOption(draft: Draft, random: Random): Triple | undefined {
  const found = optionsOf(draft)
  return found.length === 0 ? undefined : oneOf(random, found)
}

/** Where an option begins, or the last one ends. */
function boundary(draft: Draft, random: Random): number {
  return anyOption(draft, random)?.at ?? Math.min(optionsAt, draft.length)
}

function optionsOf(draft: Draft): readonly Triple[] {
  const found: Triple[] = []
  for (let at = optionsAt; at < draft.length; ) {
    const code = draft.at(at)
    const end = code === DhcpOption.pad || code === DhcpOption.end ? at + 1 : at + 2 + draft.at(at + 1)
    if (end > draft.length) break
    if (end > at + 1) found.push({ at, end })
    at = end
  }
  return found
}
