import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blockOf, lastBlockOf, wireNumber } from '../../../src/tftp/session/numbering.ts'

const numbers: readonly [block: number, wrapsTo: 0 | 1, wire: number][] = [
  [0, 0, 0],
  [0, 1, 0],
  [1, 0, 1],
  [65_535, 0, 65_535],
  [65_536, 0, 0],
  [65_537, 0, 1],
  [131_072, 0, 0],
  [65_535, 1, 65_535],
  [65_536, 1, 1],
  [131_070, 1, 65_535],
  [131_071, 1, 1],
]
for (const [block, wrapsTo, wire] of numbers) {
  test(`block ${block} is ${wire} on the wire when it wraps to ${wrapsTo}`, () => {
    assert.equal(wireNumber(block, wrapsTo), wire)
  })
}

for (const wrapsTo of [0, 1] as const) {
  test(`every block up to 200,000 is found again by its number (wraps to ${wrapsTo})`, () => {
    for (let block = 0; block <= 200_000; block++) {
      const from = Math.max(0, block - (block % 17))
      assert.equal(blockOf(wireNumber(block, wrapsTo), from, from + 16, wrapsTo), block)
    }
  })
}

test('numbers outside the window mean nothing', () => {
  assert.equal(blockOf(9, 10, 14, 0), undefined)
  assert.equal(blockOf(15, 10, 14, 0), undefined)
  assert.equal(blockOf(65_535, 65_536, 65_540, 0), undefined)
  assert.equal(blockOf(0, 65_535, 65_540, 1), undefined)
})

const lastBlocks: readonly [sizeBytes: number, blockBytes: number, last: number][] = [
  [0, 512, 1],
  [1, 512, 1],
  [511, 512, 1],
  [512, 512, 2],
  [513, 512, 2],
  [1_080_320, 512, 2111],
  [1_080_320, 1468, 736],
]
for (const [sizeBytes, blockBytes, last] of lastBlocks) {
  test(`${sizeBytes} bytes in blocks of ${blockBytes} end with block ${last}`, () => {
    assert.equal(lastBlockOf(sizeBytes, blockBytes), last)
  })
}
