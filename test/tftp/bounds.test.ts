import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Blocks, blocksOf } from '../../src/tftp/blocks.ts'
import type { DroppedFact } from '../../src/tftp/facts.ts'
import { toNetascii } from '../../src/tftp/netascii.ts'
import { OldestFirst } from '../../src/tftp/oldest-first.ts'
import { QuietDrops } from '../../src/tftp/quiet-drops.ts'
import { RecentMap } from '../../src/tftp/recent-map.ts'
import { RequestRates } from '../../src/tftp/request-rates.ts'
import { TokenBucket } from '../../src/tftp/token-bucket.ts'

test('RecentMap: bounded, and keeps what is used', () => {
  const map = new RecentMap<number, string>(100)
  map.set(-1, 'used')
  for (let key = 0; key < 10_000; key++) {
    map.set(key, 'x')
    assert.equal(map.get(-1), 'used')
  }
  const kept = Array.from({ length: 10_000 }, (_, key) => key).filter((key) => map.get(key) !== undefined)
  assert(kept.length >= 49 && kept.length <= 100, `${kept.length} kept`)
  assert(kept.includes(9999))
})

test('OldestFirst: the oldest that is still there', () => {
  const set = new OldestFirst<number>()
  assert.equal(set.oldest, undefined)
  for (let item = 0; item < 10; item++) set.add(item)
  assert.equal(set.oldest, 0)
  set.delete(0)
  set.delete(1)
  assert.equal(set.oldest, 2)
  for (let item = 2; item < 10; item++) set.delete(item)
  assert.equal(set.oldest, undefined)
  set.add(11)
  set.add(12)
  assert.equal(set.oldest, 11)
  assert.equal(set.delete(99), false)
})

test('TokenBucket: so many at once, then so many a second', () => {
  const bucket = new TokenBucket(3, 2, 0)
  const at = (nowMs: number) => bucket.take(nowMs)
  assert.deepEqual([at(0), at(0), at(0), at(0)], [true, true, true, false])
  assert.deepEqual([at(499), at(500), at(501), at(1000)], [false, true, false, true])
  assert.deepEqual([at(60_000), at(60_000), at(60_000), at(60_000)], [true, true, true, false])
})

test('RequestRates: one address that floods leaves the others as they were', () => {
  const rates = new RequestRates()
  const granted = Array.from({ length: 1000 }, () => rates.mayAsk('10.0.0.1', 0)).filter(Boolean)
  assert.equal(granted.length, 256)
  assert.equal(rates.mayAsk('10.0.0.2', 0), true)
  assert.equal(rates.mayAsk('10.0.0.1', 1000), true)
})

test('QuietDrops: one fact a second for each reason, with their number', () => {
  const facts: DroppedFact[] = []
  const drops = new QuietDrops((fact) => facts.push(fact))
  const drop = (reason: string, nowMs: number) =>
    drops.drop(
      { client: { address: '10.0.0.1', port: 1 }, serverAddress: '10.0.0.2', reason, detail: '' },
      nowMs,
    )
  for (let nowMs = 0; nowMs < 1000; nowMs++) drop('a', nowMs)
  drop('b', 999)
  drop('a', 1000)
  assert.deepEqual(
    facts.map(({ reason, count }) => [reason, count]),
    [
      ['a', 1],
      ['b', 1],
      ['a', 1000],
    ],
  )
})

test('netascii: LF becomes CR LF, CR becomes CR NUL, all else stays', () => {
  assert.deepEqual(
    [...toNetascii(Uint8Array.of(0, 10, 13, 255, 13, 10))],
    [0, 13, 10, 13, 0, 255, 13, 0, 13, 10],
  )
})

test('blocks: numbered, cut, and the last one short or empty', () => {
  const blocks = new Blocks(Uint8Array.of(1, 2, 3, 4), 2, 0, true)
  assert.deepEqual(
    blocks.range(1, 3).map((datagram) => [...datagram]),
    [
      [0, 3, 0, 1, 1, 2],
      [0, 3, 0, 2, 3, 4],
      [0, 3, 0, 3],
    ],
  )
})

test('blocks are made once for all transfers of a file, at the four block sizes seen first', () => {
  const bytes = new Uint8Array(10_000)
  const shared = [512, 1432, 1468, 1024].map((size) => blocksOf(bytes, size, 0))
  assert.equal(blocksOf(bytes, 1468, 0), shared[2])
  assert.equal(shared[2]?.datagram(1), shared[2]?.datagram(1))
  const fifth = blocksOf(bytes, 999, 0)
  assert.notEqual(blocksOf(bytes, 999, 0), fifth)
  assert.notEqual(fifth.datagram(1), fifth.datagram(1))
})
