import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../src/net/virtual-clock.ts'

test('appointments run in order of time, equal times in order of asking', async () => {
  const clock = new VirtualClock()
  const ran: string[] = []
  for (const [delayMs, name] of [
    [30, 'd'],
    [10, 'a'],
    [20, 'b'],
    [20, 'c'],
    [0, 'first'],
  ] as const)
    clock.schedule(delayMs, () => ran.push(`${name}@${clock.now()}`))
  await clock.advance(25)
  assert.deepEqual(ran, ['first@0', 'a@10', 'b@20', 'c@20'])
  assert.equal(clock.now(), 25)
  await clock.advance(5)
  assert.equal(ran.at(-1), 'd@30')
})

test('a thousand appointments in any order come out sorted', async () => {
  const clock = new VirtualClock()
  const seen: number[] = []
  for (let index = 0; index < 1000; index++)
    clock.schedule((index * 7919) % 1009, () => seen.push(clock.now()))
  await clock.advance(2000)
  assert.equal(seen.length, 1000)
  assert.deepEqual(
    seen,
    seen.toSorted((one, other) => one - other),
  )
})

test('a cancelled appointment does not run', async () => {
  const clock = new VirtualClock()
  let ran = false
  clock.schedule(5, () => {
    ran = true
  })()
  await clock.advance(10)
  assert.equal(ran, false)
})

test('promises settle between appointments', async () => {
  const clock = new VirtualClock()
  const wait = (delayMs: number) => new Promise<void>((resolve) => clock.schedule(delayMs, resolve))
  const twice = async () => {
    await wait(10)
    await wait(10)
    return clock.now()
  }
  assert.equal(await clock.until(twice()), 20)
})

test('a promise that nothing will settle is an error, not a hang', async () => {
  await assert.rejects(new VirtualClock().until(new Promise(() => {})), /nothing left to happen at 0 ms/)
})
