import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resendDelayMs, sampled } from '../../../src/tftp/session/round-trip.ts'

test('nothing known: 1 s, 2 s, then 3 s at most', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 9].map((attempt) => resendDelayMs(undefined, attempt, 3000)),
    [1000, 2000, 3000, 3000, 3000],
  )
})

test('a fast client is resent to after 30 ms, a slow one after 1 s at most', () => {
  assert.equal(resendDelayMs(sampled(undefined, 0.2), 0, 3000), 30)
  assert.equal(resendDelayMs(sampled(undefined, 100), 0, 3000), 300)
  assert.equal(resendDelayMs(sampled(undefined, 2500), 0, 3000), 1000)
})

test('a steady round trip is learnt', () => {
  let roundTrip = sampled(undefined, 500)
  for (let count = 0; count < 100; count++) roundTrip = sampled(roundTrip, 120)
  assert(Math.abs(roundTrip.smoothedMs - 120) < 1)
  assert(roundTrip.variationMs < 5)
})

test('the wait is bounded by what the client asked for', () => {
  assert.equal(resendDelayMs(undefined, 5, 1000), 1000)
})
