import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decode } from '../../src/wire/tftp/decode.ts'
import { encode } from '../../src/wire/tftp/encode.ts'
import type { TftpPacket } from '../../src/wire/tftp/packet.ts'
import { goldens } from '../wire/tftp/golden.ts'

const seed = 20_260_701
const text = fc.string({
  unit: fc.integer({ min: 1, max: 254 }).map((code) => String.fromCharCode(code)),
  maxLength: 60,
})
const optionName = fc.stringMatching(/^[a-z][a-z0-9]{0,11}$/)
const options = fc
  .uniqueArray(fc.tuple(optionName, text), { selector: ([name]) => name, maxLength: 5 })
  .map((pairs) => new Map(pairs))
const uint16 = fc.integer({ min: 0, max: 0xffff })
const packet: fc.Arbitrary<TftpPacket> = fc.oneof(
  fc.record({
    type: fc.constantFrom('read' as const, 'write' as const),
    filename: text,
    mode: fc.constantFrom('octet', 'netascii', 'mail'),
    options,
  }),
  fc.record({
    type: fc.constant('data' as const),
    block: uint16,
    data: fc.uint8Array({ maxLength: 1500 }).map((bytes) => Buffer.from(bytes)),
  }),
  fc.record({ type: fc.constant('ack' as const), block: uint16 }),
  fc.record({ type: fc.constant('error' as const), code: uint16, message: text }),
  fc.record({ type: fc.constant('oack' as const), options: options.filter((map) => map.size > 0) }),
)

test(`decode(encode(packet)) is the packet (seed ${seed})`, () => {
  fc.assert(
    fc.property(packet, (value) => {
      const result = decode(encode(value))
      assert(result.ok)
      assert.deepEqual(result.value, { ...value })
    }),
    { seed, numRuns: 2000 },
  )
})

test(`200,000 mutated goldens: no exception, every problem named (seed ${seed})`, () => {
  const random = xorshift(seed)
  for (let run = 0; run < 200_000; run++) {
    const golden = goldens[random() % goldens.length]
    assert(golden !== undefined)
    const bytes = mutate(Buffer.from(golden.bytes), random)
    const result = decode(bytes)
    if (!result.ok) assert.match(result.problem, /^tftp-[a-z-]+$/)
    else assert(encode(result.value).length <= bytes.length + 16)
  }
})

/** Flips, overwrites, cuts or repeats bytes: what wires and attackers do. */
function mutate(bytes: Buffer, random: () => number): Buffer {
  for (let changes = 1 + (random() % 4); changes > 0; changes--) {
    const at = random() % Math.max(1, bytes.length)
    const how = random() % 4
    if (how === 0 && bytes.length > 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << (random() % 8))
    if (how === 1 && bytes.length > 0) bytes[at] = random() & 0xff
    if (how === 2) return bytes.subarray(0, at)
    if (how === 3 && bytes.length < 2000) return Buffer.concat([bytes, bytes.subarray(at)])
  }
  return bytes
}

function xorshift(start: number): () => number {
  let state = start >>> 0
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state
  }
}
