import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encode } from '../../../src/wire/dhcp/encode.ts'
import { options, packetWith } from './packets.ts'

/** The options of an encoded packet, in hexadecimal, without the padding. */
function optionBytes(...list: Parameters<typeof options>): string {
  const bytes = encode(packetWith({ options: options(...list) }))
  return Buffer.from(bytes.subarray(240))
    .toString('hex')
    .replace(/(00)*$/, '')
}

describe('what goes on the wire', () => {
  test('every field has its place', () => {
    const bytes = encode(
      packetWith({
        op: 2,
        htype: 6,
        hlen: 16,
        hops: 3,
        xid: 0xdead_beef,
        secs: 0x0102,
        flags: 0x8000,
        ciaddr: '1.2.3.4',
        yiaddr: '5.6.7.8',
        siaddr: '9.10.11.12',
        giaddr: '255.254.253.252',
        chaddr: Uint8Array.from({ length: 16 }, (_, index) => index),
        sname: 'server',
        file: 'ipxe.efi',
      }),
    )
    const hex = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString('hex')
    assert.equal(hex(0, 12), '02061003deadbeef01028000')
    assert.equal(hex(12, 28), '0102030405060708090a0b0cfffefdfc')
    assert.equal(hex(28, 44), '000102030405060708090a0b0c0d0e0f')
    assert.equal(hex(44, 108), `${Buffer.from('server').toString('hex')}${'00'.repeat(58)}`)
    assert.equal(hex(108, 236), `${Buffer.from('ipxe.efi').toString('hex')}${'00'.repeat(120)}`)
    assert.equal(hex(236, 244), '63825363350101ff')
  })

  test('at least 300 bytes, with zeros after 255', () => {
    const bytes = encode(packetWith({ options: new Map() }))
    assert.equal(bytes.length, 300)
    assert.deepEqual([...bytes.subarray(240)], [255, ...Array(59).fill(0)])
  })

  test('a packet of 301 bytes is not padded and ends with 255', () => {
    const bytes = encode(packetWith({ options: options([60, 'x'.repeat(58)]) }))
    assert.equal(bytes.length, 301)
    assert.equal(bytes.at(-1), 255)
  })

  test('options keep their order', () => {
    assert.equal(optionBytes([97, [9]], [53, [2]], [1, [8]]), '610109' + '350102' + '010108' + 'ff')
  })

  test('pad, end and overload in the map are left out', () => {
    assert.equal(optionBytes([0, [1]], [53, [2]], [255, [1]], [52, [3]]), '350102' + 'ff')
  })

  test('an option without a value keeps its two bytes', () => {
    assert.equal(optionBytes([80, []], [53, [1]]), '5000' + '350101' + 'ff')
  })
})

describe('long values are split (RFC 3396 §5)', () => {
  for (const [length, parts] of [
    [255, [255]],
    [256, [255, 1]],
    [510, [255, 255]],
    [511, [255, 255, 1]],
    [1000, [255, 255, 255, 235]],
  ] as const) {
    test(`${length} bytes into ${parts.join(' + ')}`, () => {
      const bytes = encode(packetWith({ options: options([43, 'x'.repeat(length)]) }))
      let offset = 240
      for (const part of parts) {
        assert.deepEqual([bytes[offset], bytes[offset + 1]], [43, part])
        offset += 2 + part
      }
      assert.equal(bytes[offset], 255)
      assert.equal(bytes.length, Math.max(300, offset + 1))
    })
  }
})

describe('what of ours cannot be represented is refused', () => {
  const rows: [name: string, changes: Parameters<typeof packetWith>[0], message: RegExp][] = [
    ['a file of 129 bytes', { file: 'x'.repeat(129) }, /file is 129 bytes, 128 fit/],
    ['a server name of 65 bytes', { sname: 'x'.repeat(65) }, /sname is 65 bytes, 64 fit/],
    ['a character beyond one byte', { file: 'ipxe-→.efi' }, /"→" does not fit in one byte/],
    ['an address that is none', { siaddr: '10.0.0' }, /"10.0.0" is not an IPv4 address/],
    ['an address with a number over 255', { siaddr: '10.0.0.256' }, /not an IPv4 address/],
    ['an address that is a name', { siaddr: 'edge.example.com' }, /not an IPv4 address/],
  ]
  for (const [name, changes, message] of rows) {
    test(name, () => assert.throws(() => encode(packetWith(changes)), { name: 'RangeError', message }))
  }
})
