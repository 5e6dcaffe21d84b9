import type { Draft } from './draft.ts'
import type { Mutation } from './mutations.ts'
import { oneOf, type Random } from './random.ts'

const names = [
  'blksize',
  'tsize',
  'timeout',
  'windowsize',
  'rollover',
  'BLKSIZE',
  'multicast',
  'constructor',
  '__proto__',
  '',
]
const values = [
  '0',
  '1',
  '7',
  '8',
  '512',
  '1468',
  '65464',
  '65465',
  '65535',
  '65536',
  '255',
  '256',
  '-1',
  '+1',
  ' 1',
  '1e3',
  '0x10',
  '08',
  '999999999999999',
  '9999999999999999',
  '',
]
const modes = ['octet', 'netascii', 'mail', 'OCTET', '']

/** Changes that keep a request a request: its texts end with NUL, its options come in pairs. */
export const tftpMutations: readonly Mutation[] = [
  function insertOption(draft, { random }) {
    draft.insert(afterText(draft, random), text(`${oneOf(random, names)}\0${oneOf(random, values)}\0`))
  },
  function insertText(draft, { random }) {
    draft.insert(afterText(draft, random), text(`${oneOf(random, [...names, ...values, ...modes])}\0`))
  },
  function replaceText(draft, { random }) {
    const at = afterText(draft, random)
    const length = Math.max(0, draft.input.indexOf(0, at) - at)
    draft.remove(at, length)
    draft.insert(at, text(oneOf(random, [...names, ...values, ...modes])))
  },
  function removeText(draft, { random }) {
    const at = afterText(draft, random)
    draft.remove(at, Math.max(1, draft.input.indexOf(0, at) + 1 - at))
  },
  function lengthenText(draft, { random }) {
    draft.insert(afterText(draft, random), new Uint8Array(random(500)).fill(1 + random(255)))
  },
  function removeLastNul(draft) {
    if (draft.at(draft.length - 1) === 0) draft.truncate(draft.length - 1)
  },
  function setOperation(draft, { random }) {
    draft.overwrite(0, Uint8Array.of(0, random(8)))
  },
  function setBlock(draft, { random }) {
    const block = oneOf(random, [0, 1, 2, 8, 0x7fff, 0xfffe, 0xffff])
    draft.overwrite(2, Uint8Array.of(block >> 8, block & 0xff))
  },
]

/** Where some text begins: after the opcode or after a NUL. */
function afterText(draft: Draft, random: Random): number {
  const found = draft.input.indexOf(0, 2 + random(Math.max(1, draft.length)))
  return found < 0 ? Math.min(2, draft.length) : found + 1
}

function text(latin1: string): Uint8Array {
  return Buffer.from(latin1, 'latin1')
}
