import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decode } from '../../../src/wire/dhcp/decode.ts'
import type { DhcpPacket } from '../../../src/wire/dhcp/packet.ts'
import { rawMessage } from './packets.ts'

const snameAt = 44
const fileAt = 108
const cookieAt = 236

describe('what cannot be read is a named problem', () => {
  const rows: [name: string, bytes: Uint8Array, problem: string, detail: RegExp][] = [
    ['no bytes at all', new Uint8Array(), 'truncated', /op needs 1 bytes at offset 0, 0 are left/],
    ['one byte', Uint8Array.of(1), 'truncated', /htype/],
    ['239 bytes: the cookie is cut off', rawMessage([]).subarray(0, 239), 'truncated', /the magic cookie/],
    ['op 0', rawMessage([255], { 0: [0] }), 'unknown-operation', /op is 0/],
    ['op 3', rawMessage([255], { 0: [3] }), 'unknown-operation', /op is 3/],
    ['hlen 17', rawMessage([255], { 2: [17] }), 'hardware-address-too-long', /hlen is 17/],
    ['hlen 255', rawMessage([255], { 2: [255] }), 'hardware-address-too-long', /hlen is 255/],
    [
      'BOOTP without a cookie',
      rawMessage([255], { [cookieAt]: [0, 0, 0, 0] }),
      'missing-cookie',
      /0x00000000/,
    ],
    ['an option without a length', rawMessage([53]), 'truncated-option', /53.*length byte is missing/],
    [
      'an option longer than the packet',
      rawMessage([60, 5, 1, 2, 3, 4]),
      'truncated-option',
      /says 5.*4 are left/,
    ],
    ['option 52 of no bytes', rawMessage([52, 0, 255]), 'invalid-overload', /option 52/],
    ['option 52 of two bytes', rawMessage([52, 2, 1, 1, 255]), 'invalid-overload', /option 52/],
    ['option 52 twice', rawMessage([52, 1, 1, 52, 1, 1, 255]), 'invalid-overload', /option 52/],
    ['overload 0', rawMessage([52, 1, 0, 255]), 'invalid-overload', /option 52/],
    ['overload 4', rawMessage([52, 1, 4, 255]), 'invalid-overload', /option 52/],
    [
      'an overloaded file whose option is cut off',
      rawMessage([52, 1, 1, 255], { [fileAt]: [67, 127] }),
      'truncated-option',
      /option 67 in file/,
    ],
    [
      'an overload inside an overloaded field',
      rawMessage([52, 1, 3, 255], { [fileAt]: [52, 1, 2, 255] }),
      'invalid-overload',
      /inside file/,
    ],
  ]
  for (const [name, bytes, problem, detail] of rows) {
    test(name, () => {
      const result = decode(bytes)
      assert.ok(!result.ok, 'it was read')
      assert.equal(result.problem, problem)
      assert.match(result.detail, detail)
    })
  }
})

describe('what firmware and relays get wrong is forgiven', () => {
  test('no 255 at the end', () => {
    assert.deepEqual(optionsOf(rawMessage([53, 1, 1])), { 53: '01' })
  })
  test('no options and no 255: 240 bytes', () => {
    assert.deepEqual(optionsOf(rawMessage([])), {})
  })
  test('pads between options', () => {
    assert.deepEqual(optionsOf(rawMessage([0, 53, 1, 1, 0, 0, 60, 1, 65, 0, 255])), { 53: '01', 60: '41' })
  })
  test('whatever follows 255', () => {
    assert.deepEqual(optionsOf(rawMessage([53, 1, 1, 255, 60, 200, 1])), { 53: '01' })
  })
  test('an option without a value', () => {
    assert.deepEqual(optionsOf(rawMessage([80, 0, 53, 1, 1, 255])), { 80: '', 53: '01' })
  })
  test('hlen 0 and hlen 16', () => {
    assert.equal(mustDecode(rawMessage([255], { 2: [0] })).hlen, 0)
    assert.equal(mustDecode(rawMessage([255], { 2: [16] })).hlen, 16)
  })
  test('a file of 128 bytes without NUL', () => {
    assert.equal(mustDecode(rawMessage([255], { [fileAt]: Array(128).fill(0x61) })).file, 'a'.repeat(128))
  })
  test('bytes that are no ASCII in a name', () => {
    assert.equal(mustDecode(rawMessage([255], { [fileAt]: [0xe9, 0xff, 0] })).file, '\xe9\xff')
  })
})

describe('option overload (RFC 2132 §9.3)', () => {
  const inBoth = { [fileAt]: [67, 2, 0x61, 0x62, 255], [snameAt]: [66, 1, 0x63, 255] }
  test('1: options in file, sname is a name', () => {
    const packet = mustDecode(rawMessage([52, 1, 1, 255], { ...inBoth, [snameAt]: [0x68, 0x69] }))
    assert.deepEqual([packet.file, packet.sname], ['', 'hi'])
    assert.deepEqual(hexOf(packet), { 67: '6162' })
  })
  test('2: options in sname, file is a name', () => {
    const packet = mustDecode(rawMessage([52, 1, 2, 255], { ...inBoth, [fileAt]: [0x68, 0x69] }))
    assert.deepEqual([packet.file, packet.sname], ['hi', ''])
    assert.deepEqual(hexOf(packet), { 66: '63' })
  })
  test('3: options in both', () => {
    const packet = mustDecode(rawMessage([52, 1, 3, 255], inBoth))
    assert.deepEqual([packet.file, packet.sname], ['', ''])
    assert.deepEqual(hexOf(packet), { 67: '6162', 66: '63' })
  })
  test('an overloaded field may lack its 255', () => {
    const packet = mustDecode(rawMessage([52, 1, 1, 255], { [fileAt]: [67, 1, 0x61] }))
    assert.deepEqual(hexOf(packet), { 67: '61' })
  })
})

describe('split options (RFC 3396)', () => {
  test('parts join in the order they came, though others lie between', () => {
    assert.deepEqual(optionsOf(rawMessage([43, 1, 1, 53, 1, 1, 43, 0, 43, 2, 2, 3, 255])), {
      43: '010203',
      53: '01',
    })
  })
  test('parts join across fields: options, then file, then sname', () => {
    const fields = { [snameAt]: [67, 1, 0x33, 255], [fileAt]: [67, 1, 0x32, 255] }
    assert.deepEqual(optionsOf(rawMessage([67, 1, 0x31, 52, 1, 3, 255], fields)), { 67: '313233' })
  })
})

test('the packet shares no memory with the bytes it came from', () => {
  const bytes = Buffer.from(rawMessage([53, 1, 1, 255]))
  const packet = mustDecode(bytes)
  bytes.fill(0xee)
  assert.equal(packet.options.get(53)?.[0], 1)
  assert.equal(packet.chaddr[0], 0x52)
})

function mustDecode(bytes: Uint8Array): DhcpPacket {
  const result = decode(bytes)
  assert.ok(result.ok, result.ok ? '' : `${result.problem}: ${result.detail}`)
  return result.value
}

function optionsOf(bytes: Uint8Array): Record<string, string> {
  return hexOf(mustDecode(bytes))
}

function hexOf(packet: DhcpPacket): Record<string, string> {
  return Object.fromEntries(
    [...packet.options].map(([code, value]) => [code, Buffer.from(value).toString('hex')]),
  )
}
