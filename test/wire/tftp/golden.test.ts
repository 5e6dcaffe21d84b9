import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Decoded } from '../../../src/wire/decoded.ts'
import { decode } from '../../../src/wire/tftp/decode.ts'
import { encode } from '../../../src/wire/tftp/encode.ts'
import type { TftpPacket } from '../../../src/wire/tftp/packet.ts'
import { goldens } from './golden.ts'

test('there are goldens of every packet type', () => {
  const types = new Set(goldens.map((golden) => golden.packet.type))
  assert.deepEqual([...types].sort(), ['ack', 'data', 'error', 'oack', 'read', 'write'])
})

for (const { name, bytes, packet, canonical } of goldens) {
  test(`${name}: decodes to its twin, options in order`, () => {
    const result = decode(bytes)
    assert(result.ok)
    assert.deepEqual(comparable(result.value), comparable(packet))
  })

  test(`${name}: encodes ${canonical ? 'to the same bytes' : 'to the clean form of the same packet'}`, () => {
    const encoded = encode(packet)
    if (canonical) assert.equal(Buffer.from(encoded).toString('hex'), Buffer.from(bytes).toString('hex'))
    else assert.notEqual(Buffer.from(encoded).toString('hex'), Buffer.from(bytes).toString('hex'))
  })

  test(`${name}: survives a round trip`, () => {
    const result = decode(encode(packet))
    assert(result.ok)
    assert.deepEqual(comparable(result.value), comparable(packet))
  })

  test(`${name}: truncated at every byte is named or is a shorter packet of the same type`, () => {
    for (let length = 0; length < bytes.length; length++) {
      const result = decode(bytes.subarray(0, length))
      if (result.ok) assert.equal(result.value.type, packet.type)
      else assertNamed(result)
    }
  })

  test(`${name}: every single flipped bit decodes or is named`, () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Uint8Array.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const result = decode(flipped)
      if (!result.ok) assertNamed(result)
    }
  })
}

function assertNamed(result: Decoded<TftpPacket>): void {
  assert(!result.ok)
  assert.match(result.problem, /^tftp-[a-z-]+$/)
  assert.notEqual(result.detail, '')
}

/** Maps compare without regard to order; pairs do not. */
function comparable(packet: TftpPacket): unknown {
  if ('options' in packet) return { ...packet, options: [...packet.options] }
  return packet.type === 'data' ? { ...packet, data: Buffer.from(packet.data).toString('hex') } : packet
}
