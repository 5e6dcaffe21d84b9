import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode } from '../../../src/wire/tftp/decode.ts'
import { encode, writeDataHeader } from '../../../src/wire/tftp/encode.ts'
import { readOptionNumber } from '../../../src/wire/tftp/options.ts'

const rows: readonly { name: string; bytes: Uint8Array; problem: string }[] = [
  { name: '0 bytes', bytes: new Uint8Array(0), problem: 'tftp-too-short' },
  { name: '1 byte', bytes: Buffer.from([3]), problem: 'tftp-too-short' },
  { name: '3 bytes of an ACK', bytes: Buffer.from([0, 4, 0]), problem: 'tftp-too-short' },
  { name: 'opcode 0', bytes: Buffer.from([0, 0, 0, 0]), problem: 'tftp-unknown-opcode' },
  { name: 'opcode 7', bytes: Buffer.from([0, 7, 0, 0]), problem: 'tftp-unknown-opcode' },
  { name: 'opcode 257', bytes: Buffer.from([1, 1, 97, 0]), problem: 'tftp-unknown-opcode' },
  { name: 'name without NUL', bytes: Buffer.from('\0\x01ipxe.efi'), problem: 'tftp-unterminated-text' },
  {
    name: 'mode without NUL',
    bytes: Buffer.from('\0\x01ipxe.efi\0octet'),
    problem: 'tftp-unterminated-text',
  },
  {
    name: 'option without value',
    bytes: Buffer.from('\0\x01f\0octet\0tsize\0'),
    problem: 'tftp-unterminated-text',
  },
  {
    name: 'value without NUL',
    bytes: Buffer.from('\0\x01f\0octet\0tsize\x000'),
    problem: 'tftp-unterminated-text',
  },
  {
    name: '513 bytes',
    bytes: Buffer.from(`\0\x01${'a'.repeat(504)}\0octet\0`),
    problem: 'tftp-request-too-long',
  },
]

for (const { name, bytes, problem } of rows) {
  test(`${name}: ${problem}`, () => {
    const result = decode(bytes)
    assert(!result.ok)
    assert.equal(result.problem, problem)
  })
}

test('a request of 512 bytes is read', () => {
  const result = decode(Buffer.from(`\0\x01${'a'.repeat(503)}\0octet\0`))
  assert(result.ok && result.value.type === 'read')
  assert.equal(result.value.filename.length, 503)
})

test('an option bomb stays as small as its request', () => {
  const bomb = Buffer.from(`\0\x01f\0octet\0${Array.from({ length: 100 }, (_, n) => `o${n}\0\0`).join('')}`)
  const result = decode(bomb.subarray(0, 512))
  if (result.ok) assert(result.value.type === 'read' && result.value.options.size <= 124)
})

test('a name with every byte value but NUL and a trailing 0xFF is kept as it came', () => {
  const filename = String.fromCharCode(...Array.from({ length: 254 }, (_, n) => n + 1))
  const result = decode(encode({ type: 'read', filename, mode: 'octet', options: new Map() }))
  assert(result.ok && result.value.type === 'read')
  assert.equal(result.value.filename, filename)
})

test('several trailing 0xFF are cut from a name', () => {
  const result = decode(Buffer.from('\0\x01pxe\xff\xff\0octet\0', 'latin1'))
  assert(result.ok && result.value.type === 'read')
  assert.equal(result.value.filename, 'pxe')
})

test('data is a view, not a copy', () => {
  const bytes = Buffer.from([0, 3, 0, 1, 7, 8])
  const result = decode(bytes)
  assert(result.ok && result.value.type === 'data')
  assert.equal(result.value.data.buffer, bytes.buffer)
})

test('a DATA header is written in place', () => {
  const bytes = new Uint8Array(8).fill(0xaa)
  writeDataHeader(bytes, 2, 0x1fffe)
  assert.deepEqual([...bytes], [0xaa, 0xaa, 0, 3, 0xff, 0xfe, 0xaa, 0xaa])
})

const numbers: readonly [string, number | undefined][] = [
  ['0', 0],
  ['1468', 1468],
  ['0512', 512],
  ['999999999999999', 999_999_999_999_999],
  ['1000000000000000', undefined],
  ['', undefined],
  ['-1', undefined],
  ['+8', undefined],
  ['0x200', undefined],
  ['1e3', undefined],
  [' 8', undefined],
  ['8 ', undefined],
  ['8.0', undefined],
  ['٣', undefined],
]

for (const [text, value] of numbers) {
  test(`option number ${JSON.stringify(text)} is ${value ?? 'refused'}`, () => {
    assert.equal(readOptionNumber(text), value)
  })
}
