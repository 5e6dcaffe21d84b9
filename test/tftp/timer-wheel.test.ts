import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../../src/net/datagram.ts'
import { seededRandom } from '../../src/net/seeded-random.ts'
import { VirtualClock } from '../../src/net/virtual-clock.ts'
import { TimerWheel } from '../../src/tftp/timer-wheel.ts'

class Item {
  wakeTick = -1
  deadlineMs: number
  expiredAtMs: number | undefined

  constructor(deadlineMs: number) {
    this.deadlineMs = deadlineMs
  }
}

/** A wheel whose items expire once. */
function wheelOn(clock: Clock) {
  const wheel = new TimerWheel<Item>(clock, (item, nowMs) => {
    item.expiredAtMs = nowMs
    wheel.forget(item)
  })
  return wheel
}

test('items expire at their deadline or within a tick and a half after it, never before (seed 3)', async () => {
  const clock = new VirtualClock()
  const wheel = wheelOn(clock)
  const random = seededRandom(3)
  const items = Array.from({ length: 500 }, () => new Item(1 + random() * 60_000))
  for (const item of items) wheel.watch(item)
  await clock.advance(70_000)
  for (const { deadlineMs, expiredAtMs } of items) {
    const lateMs = (expiredAtMs ?? Infinity) - deadlineMs
    assert(lateMs >= 0 && lateMs <= 50, `${lateMs} ms late`)
  }
})

test('a deadline that moves later is kept without watching again', async () => {
  const clock = new VirtualClock()
  const wheel = wheelOn(clock)
  const item = new Item(100)
  wheel.watch(item)
  await clock.advance(90)
  item.deadlineMs = 1000
  await clock.advance(900)
  assert.equal(item.expiredAtMs, undefined)
  await clock.advance(100)
  assert(item.expiredAtMs !== undefined && item.expiredAtMs >= 1000)
})

test('a deadline that moves earlier is kept when it is watched again', async () => {
  const clock = new VirtualClock()
  const wheel = wheelOn(clock)
  const item = new Item(3000)
  wheel.watch(item)
  item.deadlineMs = 100
  wheel.watch(item)
  await clock.advance(150)
  assert.notEqual(item.expiredAtMs, undefined)
})

test('a forgotten item does not expire, and an idle wheel has no timer', async () => {
  const clock = new VirtualClock()
  const wheel = wheelOn(clock)
  const item = new Item(100)
  wheel.watch(item)
  wheel.forget(item)
  await clock.advance(1000)
  assert.equal(item.expiredAtMs, undefined)
  await assert.rejects(clock.until(new Promise(() => {})), /nothing left to happen/)
})

test('ten thousand deadlines at once expire in portions, so that sockets are read in between', async () => {
  const clock = new VirtualClock()
  let inThisTurn = 0
  let most = 0
  const counting: Clock = {
    now: () => clock.now(),
    schedule: (delayMs, task) =>
      clock.schedule(delayMs, () => {
        inThisTurn = 0
        task()
      }),
  }
  const wheel: TimerWheel<Item> = new TimerWheel<Item>(counting, (item) => {
    most = Math.max(most, ++inThisTurn)
    wheel.forget(item)
  })
  const items = Array.from({ length: 10_000 }, () => new Item(100))
  for (const item of items) wheel.watch(item)
  await clock.advance(200)
  assert(items.every(({ wakeTick }) => wakeTick === -1))
  assert(most > 0 && most <= 128, `${most} in one turn`)
})

test('time that the process did not get is given to the clients on top', async () => {
  let nowMs = 0
  const tasks: (() => void)[] = []
  const clock: Clock = {
    now: () => nowMs,
    schedule: (_delayMs, task) => {
      tasks.push(task)
      return () => {}
    },
  }
  const wheel = wheelOn(clock)
  const item = new Item(100)
  wheel.watch(item)
  nowMs = 525
  tasks.shift()?.()
  assert.equal(item.expiredAtMs, undefined, 'its answer may wait in the socket')
  while (item.expiredAtMs === undefined && nowMs < 5000) {
    nowMs += 25
    tasks.shift()?.()
  }
  assert.equal(item.expiredAtMs, 1025)
})

test('a pause longer than the wheel loses nobody', async () => {
  let nowMs = 0
  const tasks: (() => void)[] = []
  const clock: Clock = {
    now: () => nowMs,
    schedule: (_delayMs, task) => {
      tasks.push(task)
      return () => {}
    },
  }
  const wheel = wheelOn(clock)
  const items = Array.from({ length: 100 }, (_, index) => new Item(index * 100))
  for (const item of items) wheel.watch(item)
  nowMs = 3_600_000
  const late = new Item(nowMs + 50)
  wheel.watch(late)
  for (let turns = 0; turns < 100; turns++) {
    nowMs += 25
    tasks.shift()?.()
  }
  assert(items.every(({ expiredAtMs }) => expiredAtMs !== undefined))
  assert(late.expiredAtMs !== undefined)
})
