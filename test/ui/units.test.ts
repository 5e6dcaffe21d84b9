import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatAge, formatBytes, formatDuration, formatRate, formatTime, plural } from '../../src/ui/units.ts'

describe('sizes', () => {
  for (const [bytes, shown] of [
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1.0 kB'],
    [9_949, '9.9 kB'],
    [9_950, '10 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [1_080_320, '1.1 MB'],
    [118_800_000, '119 MB'],
    [5_000_000_000, '5.0 GB'],
    [1e16, '10000 TB'],
    [-1, '0 bytes'],
  ] as const) {
    test(`${bytes} → ${shown}`, () => {
      assert.equal(formatBytes(bytes), shown)
    })
  }

  test('rates', () => {
    assert.equal(formatRate(2_000_000), '2.0 MB/s')
  })
})

describe('durations', () => {
  for (const [ms, shown] of [
    [0, '0 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [9_949, '9.9 s'],
    [9_950, '10 s'],
    [59_499, '59 s'],
    [59_500, '1 min'],
    [185_000, '3 min 5 s'],
    [3_599_000, '59 min 59 s'],
    [3_600_000, '1 h'],
    [7_800_000, '2 h 10 min'],
    [86_400_000, '1 d'],
    [352_800_000, '4 d 2 h'],
  ] as const) {
    test(`${ms} ms → ${shown}`, () => {
      assert.equal(formatDuration(ms), shown)
    })
  }
})

describe('times', () => {
  const now = Date.UTC(2026, 2, 1, 12)
  for (const [distanceMs, shown] of [
    [0, 'just now'],
    [9_999, 'just now'],
    [10_000, '10 s ago'],
    [90_000, '1 min ago'],
    [3 * 3_600_000, '3 h ago'],
    [47 * 3_600_000, '47 h ago'],
    [48 * 3_600_000, '2 days ago'],
    [41 * 86_400_000, '41 days ago'],
    [-3 * 3_600_000, 'in 3 h'],
  ] as const) {
    test(shown, () => {
      assert.equal(formatAge(now - distanceMs, now), shown)
    })
  }

  test('wall-clock time is local and sortable', () => {
    const local = new Date(2026, 2, 1, 9, 5, 7).getTime()
    assert.equal(formatTime(local), '2026-03-01 09:05:07')
  })

  test('plurals', () => {
    assert.deepEqual(
      [plural(1, 'node'), plural(2, 'node'), plural(0, 'query', 'queries')],
      ['1 node', '2 nodes', '0 queries'],
    )
  })
})
