import type { Draft } from './draft.ts'
import { oneOf, type Random } from './random.ts'

/** What a mutation may draw from. */
export interface Material {
  readonly random: Random
  /** Texts and numbers that mean something to the code. */
  readonly words: readonly Uint8Array[]
  /** Another input that was worth keeping. */
  readonly other: () => Uint8Array
}

/** Changes a draft a little. Targets bring their own, which know the format. */
export type Mutation = (draft: Draft, material: Material) => void

/** Lengths and counts that code gets wrong. */
const borders = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 129, 254, 255]

/** What wires and attackers do, whatever the format. Short inputs are likelier than long ones. */
export const generalMutations: readonly Mutation[] = [
  function flipBit(draft, { random }) {
    const at = place(draft, random)
    draft.set(at, draft.at(at) ^ (1 << random(8)))
  },
  function setByte(draft, { random }) {
    draft.set(place(draft, random), random(256))
  },
  function setBorder(draft, { random }) {
    draft.set(place(draft, random), oneOf(random, borders))
  },
  function addLittle(draft, { random }) {
    const at = place(draft, random)
    draft.set(at, (draft.at(at) + random(33) - 16) & 0xff)
  },
  function setNumber(draft, { random }) {
    const number = oneOf(random, borders) * (random(2) === 0 ? 1 : 0x101)
    draft.overwrite(place(draft, random), Uint8Array.of(number >> 8, number & 0xff))
  },
  function insertBytes(draft, { random }) {
    draft.insert(random(draft.length + 1), randomBytes(random, 1 + random(8)))
  },
  function insertEqualBytes(draft, { random }) {
    draft.insert(random(draft.length + 1), new Uint8Array(1 + few(random, 300)).fill(random(256)))
  },
  function removePart(draft, { random }) {
    const at = place(draft, random)
    draft.remove(at, 1 + few(random, draft.length - at))
  },
  function repeatPart(draft, { random }) {
    const at = place(draft, random)
    draft.insert(random(draft.length + 1), draft.copy(at, 1 + few(random, draft.length - at)))
  },
  function copyPart(draft, { random }) {
    const at = place(draft, random)
    draft.overwrite(place(draft, random), draft.copy(at, 1 + few(random, draft.length - at)))
  },
  function cutOff(draft, { random }) {
    draft.truncate(random(draft.length + 1))
  },
  function insertWord(draft, { random, words }) {
    if (words.length > 0) draft.insert(random(draft.length + 1), oneOf(random, words))
  },
  function overwriteWord(draft, { random, words }) {
    if (words.length > 0) draft.overwrite(place(draft, random), oneOf(random, words))
  },
  function splice(draft, { random, other }) {
    const source = other()
    const at = random(Math.min(draft.length, source.length) + 1)
    draft.truncate(at)
    draft.insert(at, source.subarray(at))
  },
  function borrowPart(draft, { random, other }) {
    const source = other()
    const at = random(source.length + 1)
    const piece = source.slice(at, at + 1 + few(random, 64))
    if (random(2) === 0) draft.insert(random(draft.length + 1), piece)
    else draft.overwrite(place(draft, random), piece)
  },
]

/** One to eight changes, mostly few; the target's own ones about half of the time. */
export function mutate(draft: Draft, own: readonly Mutation[], material: Material): void {
  const { random } = material
  for (let changes = 1 << random(4); changes > 0; changes--) {
    const list = own.length > 0 && random(2) === 0 ? own : generalMutations
    oneOf(random, list)(draft, material)
  }
}

export function randomBytes(random: Random, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => random(256))
}

function place(draft: Draft, random: Random): number {
  return random(Math.max(1, draft.length))
}

/** Up to `most`, the smaller the likelier. */
function few(random: Random, most: number): number {
  return random(1 + random(1 + Math.max(0, most)))
}
