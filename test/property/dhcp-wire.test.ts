import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decode } from '../../src/wire/dhcp/decode.ts'
import { encode } from '../../src/wire/dhcp/encode.ts'
import { encodeMachineUuid, machineUuid } from '../../src/wire/dhcp/machine-identifier.ts'
import type { DhcpPacket } from '../../src/wire/dhcp/packet.ts'
import { decodeSubOptions, encodeSubOptions } from '../../src/wire/dhcp/sub-options.ts'

const seed = 20_260_702
const byte = fc.integer({ min: 0, max: 255 })
const uint16 = fc.integer({ min: 0, max: 0xffff })
const address = fc.tuple(byte, byte, byte, byte).map((quad) => quad.join('.'))
const text = (longest: number) =>
  fc.string({
    unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
    maxLength: longest,
  })
/** Any option but pad, overload and end, with values short, and long enough to be split. */
const option = fc.tuple(
  fc.integer({ min: 1, max: 254 }).filter((code) => code !== 52),
  fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 250, maxLength: 800 })),
)
const packet: fc.Arbitrary<DhcpPacket> = fc.record(
  {
    op: fc.constantFrom(1 as const, 2 as const),
    htype: byte,
    hlen: fc.integer({ min: 0, max: 16 }),
    hops: byte,
    xid: fc.integer({ min: 0, max: 0xffff_ffff }),
    secs: uint16,
    flags: uint16,
    ciaddr: address,
    yiaddr: address,
    siaddr: address,
    giaddr: address,
    chaddr: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    sname: text(64),
    file: text(128),
    options: fc
      .uniqueArray(option, { selector: ([code]) => code, maxLength: 12 })
      .map((pairs) => new Map(pairs)),
  },
  { noNullPrototype: true },
)

test(`encode then decode gives the packet back (seed ${seed})`, () => {
  fc.assert(
    fc.property(packet, (original) => {
      const result = decode(encode(original))
      assert.ok(result.ok, result.ok ? '' : result.detail)
      assert.deepEqual(result.value, original)
      assert.deepEqual([...result.value.options.keys()], [...original.options.keys()])
    }),
    { seed, numRuns: 500 },
  )
})

test(`any bytes give a packet or a named problem (seed ${seed})`, () => {
  const cookie = Uint8Array.of(0x63, 0x82, 0x53, 0x63)
  const message = fc
    .tuple(fc.uint8Array({ minLength: 236, maxLength: 236 }), fc.uint8Array({ maxLength: 400 }))
    .map(([header, rest]) => Uint8Array.of(1, 1, 6, ...header.subarray(3), ...cookie, ...rest))
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), message), (bytes) => {
      const result = decode(bytes)
      if (result.ok) encode(result.value)
      else assert.match(result.problem, /^[a-z-]+$/)
    }),
    { seed, numRuns: 2_000 },
  )
})

test(`sub-options come back (seed ${seed})`, () => {
  const list = fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 254 }), fc.uint8Array({ maxLength: 255 })), {
      selector: ([code]) => code,
      maxLength: 8,
    })
    .map((pairs) => new Map(pairs))
  fc.assert(
    fc.property(list, (subOptions) => {
      assert.deepEqual(decodeSubOptions(encodeSubOptions(subOptions, 'end'), 'pad-and-end'), subOptions)
      assert.deepEqual(decodeSubOptions(encodeSubOptions(subOptions, 'none'), 'none'), subOptions)
    }),
    { seed, numRuns: 300 },
  )
})

test(`a UUID comes back (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.uuid(), (uuid) => {
      assert.equal(machineUuid(new Map([[97, encodeMachineUuid(uuid)]])), uuid)
    }),
    { seed, numRuns: 300 },
  )
})
