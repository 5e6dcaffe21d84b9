import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../src/net/seeded-random.ts'

test('the same seed gives the same numbers, in [0, 1)', () => {
  const [one, two] = [seededRandom(7), seededRandom(7)]
  for (let count = 0; count < 1000; count++) {
    const value = one()
    assert.equal(value, two())
    assert(value >= 0 && value < 1)
  }
})

test('the first numbers of a thousand neighbouring seeds are spread evenly', () => {
  const firsts = Array.from({ length: 1000 }, (_, seed) => seededRandom(seed)())
  for (let tenth = 0; tenth < 10; tenth++) {
    const inTenth = firsts.filter((value) => Math.floor(value * 10) === tenth).length
    assert(inTenth > 60 && inTenth < 140, `${inTenth} of 1000 in tenth ${tenth}`)
  }
})
