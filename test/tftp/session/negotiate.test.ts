import assert from 'node:assert/strict'
import { test } from 'node:test'
import { negotiate } from '../../../src/tftp/session/negotiate.ts'

const limits = { maxBlockBytes: 1468, maxWindow: 16 }
const sizeBytes = 1_080_320

const rows: readonly { name: string; asked: [string, string][]; answer: [string, string][] }[] = [
  { name: 'nothing asked, nothing answered', asked: [], answer: [] },
  {
    name: 'edk2 size probe',
    asked: [
      ['tsize', '0'],
      ['blksize', '1468'],
      ['windowsize', '4'],
    ],
    answer: [
      ['tsize', '1080320'],
      ['blksize', '1468'],
      ['windowsize', '4'],
    ],
  },
  {
    name: 'the order asked is the order answered',
    asked: [
      ['windowsize', '4'],
      ['tsize', '0'],
      ['blksize', '1024'],
    ],
    answer: [
      ['windowsize', '4'],
      ['tsize', '1080320'],
      ['blksize', '1024'],
    ],
  },
  { name: 'blksize 7 is left out', asked: [['blksize', '7']], answer: [] },
  { name: 'blksize 8 is taken', asked: [['blksize', '8']], answer: [['blksize', '8']] },
  { name: 'blksize 1469 shrinks to the path', asked: [['blksize', '1469']], answer: [['blksize', '1468']] },
  { name: 'blksize 65464 shrinks to the path', asked: [['blksize', '65464']], answer: [['blksize', '1468']] },
  { name: 'blksize 99999999 shrinks too', asked: [['blksize', '99999999']], answer: [['blksize', '1468']] },
  { name: 'blksize 0x200 is left out', asked: [['blksize', '0x200']], answer: [] },
  { name: 'windowsize 0 is left out', asked: [['windowsize', '0']], answer: [] },
  { name: 'windowsize 1 is answered', asked: [['windowsize', '1']], answer: [['windowsize', '1']] },
  { name: 'windowsize 17 shrinks', asked: [['windowsize', '17']], answer: [['windowsize', '16']] },
  { name: 'windowsize 65536 is left out', asked: [['windowsize', '65536']], answer: [] },
  { name: 'timeout 0 is left out', asked: [['timeout', '0']], answer: [] },
  { name: 'timeout 255 is answered', asked: [['timeout', '255']], answer: [['timeout', '255']] },
  { name: 'timeout 3000 (npm client) is left out', asked: [['timeout', '3000']], answer: [] },
  { name: 'rollover 1 is answered', asked: [['rollover', '1']], answer: [['rollover', '1']] },
  { name: 'rollover 2 is left out', asked: [['rollover', '2']], answer: [] },
  {
    name: 'tsize of another number is answered with the size',
    asked: [['tsize', '5']],
    answer: [['tsize', '1080320']],
  },
  { name: 'tsize without a number is left out', asked: [['tsize', 'x']], answer: [] },
  {
    name: 'unknown options are left out',
    asked: [
      ['multicast', ''],
      ['blksize2', '512'],
    ],
    answer: [],
  },
  {
    name: 'names of object members are no options',
    asked: [
      ['constructor', '1'],
      ['__proto__', '1'],
    ],
    answer: [],
  },
]

for (const { name, asked, answer } of rows) {
  test(name, () => {
    assert.deepEqual([...negotiate(new Map(asked), sizeBytes, limits).answer], answer)
  })
}

test('without options: lock step at 512 bytes', () => {
  const { blockBytes, windowSize, wrapsTo, timeoutMs, sizeAsked } = negotiate(new Map(), sizeBytes, limits)
  assert.deepEqual(
    { blockBytes, windowSize, wrapsTo, timeoutMs, sizeAsked },
    { blockBytes: 512, windowSize: 1, wrapsTo: 0, timeoutMs: undefined, sizeAsked: false },
  )
})

test('huge blocks shrink the window, and the answer says so', () => {
  const asked = new Map([
    ['blksize', '65464'],
    ['windowsize', '64'],
  ])
  const agreed = negotiate(asked, sizeBytes, { maxBlockBytes: 65_464, maxWindow: 64 })
  assert.equal(agreed.windowSize, 3)
  assert.equal(agreed.answer.get('windowsize'), '3')
})

test('the size of an empty file is left out: curl takes 0 for an error', () => {
  assert.deepEqual([...negotiate(new Map([['tsize', '0']]), 0, limits).answer], [])
})
