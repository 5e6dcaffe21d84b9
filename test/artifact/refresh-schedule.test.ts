import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { error } from '../../src/artifact/assess/finding.ts'
import type { RefreshOutcome } from '../../src/artifact/refresh.ts'
import { scheduleRefresh } from '../../src/artifact/refresh-schedule.ts'
import { EmfPxeError } from '../../src/errors/error.ts'
import { VirtualClock } from '../../src/net/virtual-clock.ts'

const hourMs = 3_600_000
const entry = { sha256: 'a'.repeat(64), sizeBytes: 1, url: 'https://edge.example.com/', fetchedAtMs: 0 }
const calm: RefreshOutcome = { kind: 'unchanged', entry, report: undefined, findings: [] }
const mismatch = error('ARTIFACT_TRUST_MISMATCH', { message: 'no' })
const keptFor = (code: 'HTTP_NOT_FOUND' | 'ARTIFACT_HELD_BACK'): RefreshOutcome => ({
  ...calm,
  kind: 'kept',
  reason: new EmfPxeError(code, { message: 'no' }),
})

/** Times of the looks, in minutes, when each ends as given. */
async function looks(
  outcomes: readonly (RefreshOutcome | Error)[],
  random = 0.5,
  everyMs = hourMs,
  atOnce = false,
): Promise<number[]> {
  const clock = new VirtualClock()
  const times: number[] = []
  const schedule = scheduleRefresh({
    clock,
    everyMs,
    atOnce,
    random: () => random,
    run: async () => {
      times.push(clock.now() / 60_000)
      const outcome = outcomes[times.length - 1] ?? calm
      if (outcome instanceof Error) throw outcome
      return outcome
    },
  })
  await clock.advance(2.6 * hourMs)
  await schedule.stop()
  await clock.advance(10 * hourMs)
  return times
}

describe('when the next look comes', () => {
  test('soon after the start, then every hour', async () => {
    assert.deepEqual(await looks([]), [0.25, 60.25, 120.25])
  })
  test('at once while there is nothing to serve', async () => {
    assert.deepEqual(await looks([], 0.5, hourMs, true), [0, 60, 120])
    assert.deepEqual(await looks([], 0.5, 0, true), [])
  })
  test('chance moves each by a fifth at most', async () => {
    assert.deepEqual(await looks([], 0), [0, 48, 96, 144])
    assert.deepEqual(await looks([], 1), [0.5, 72.5, 144.5])
  })
  test('five minutes later while something is wrong', async () => {
    assert.deepEqual(
      await looks([keptFor('HTTP_NOT_FOUND'), { ...calm, findings: [mismatch] }, new Error('bug')]),
      [0.25, 5.25, 10.25, 15.25, 75.25, 135.25],
    )
  })
  test('20 seconds later while there is nothing to serve', async () => {
    const nothing = { ...keptFor('HTTP_NOT_FOUND'), entry: undefined }
    assert.deepEqual(await looks([nothing, nothing], 0.5, hourMs, true), [
      0,
      20 / 60,
      40 / 60,
      60 + 40 / 60,
      120 + 40 / 60,
    ])
  })
  test('held back is nothing wrong', async () => {
    assert.deepEqual(await looks([keptFor('ARTIFACT_HELD_BACK')]), [0.25, 60.25, 120.25])
  })
  test('never later than usual', async () => {
    assert.deepEqual((await looks([keptFor('HTTP_NOT_FOUND')], 0.5, 60_000)).slice(0, 3), [0.25, 1.25, 2.25])
  })
  test('0 switches it off', async () => {
    assert.deepEqual(await looks([], 0.5, 0), [])
  })
})

test('asked for twice at once, it looks once, and the schedule starts anew from there', async () => {
  const clock = new VirtualClock()
  const under = Promise.withResolvers<RefreshOutcome>()
  let count = 0
  const schedule = scheduleRefresh({
    clock,
    everyMs: hourMs,
    random: () => 0.5,
    run: () => {
      count += 1
      return count === 1 ? under.promise : Promise.resolve(calm)
    },
  })
  const both = [schedule.now(), schedule.now()]
  await clock.advance(2 * hourMs)
  assert.equal(count, 1)
  under.resolve(calm)
  await Promise.all(both)
  await clock.advance(hourMs - 1)
  assert.equal(count, 1)
  await clock.advance(1)
  assert.equal(count, 2)
  await schedule.stop()
})

test('stopping tells the look that is under way, and waits for it', async () => {
  const clock = new VirtualClock()
  let told = false
  const schedule = scheduleRefresh({
    clock,
    everyMs: hourMs,
    run: (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          told = true
          reject(signal.reason)
        })
      }),
  })
  void schedule.now()
  await schedule.stop()
  assert.equal(told, true)
})
