import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hardwareKeys } from '../../src/engine/hardware-key.ts'
import { RefusalTally } from '../../src/engine/refusal-tally.ts'
import { RequestGate } from '../../src/engine/request-gate.ts'
import type { ServeEvent } from '../../src/events/event.ts'

/** With keys that are the same in every run: with others one node in fifty runs is turned away three times. */
const newGate = () => new RequestGate(0, hardwareKeys(1))

/** A request of machine `number`; `family` tells sets of machines apart. */
function requestOf(number: number, family = 0): Uint8Array {
  const bytes = new Uint8Array(300)
  bytes.set([0x52, 0x54, family, number >> 16, (number >> 8) & 255, number & 255], 28)
  return bytes
}

/** `perSecond` strangers a second, each once, from `fromMs` on; how many were let in. */
function flood(gate: RequestGate, perSecond: number, fromMs: number, toMs: number): number {
  let letIn = 0
  for (let number = 0; number < ((toMs - fromMs) / 1000) * perSecond; number++) {
    const nowMs = fromMs + (number / perSecond) * 1000
    if (gate.refusal(requestOf(number + Math.floor(fromMs) * 100, 0x66), nowMs) === undefined) letIn++
  }
  return letIn
}

test('5000 nodes switched on at once, each with a DISCOVER and a REQUEST within a second, are all let in', () => {
  const gate = newGate()
  for (let number = 0; number < 10_000; number++)
    assert.equal(gate.refusal(requestOf(number % 5000), number / 10), undefined)
})

test('one address that asks 20,000 times a second is let in 16 times, and nobody else is hurt', () => {
  const gate = newGate()
  let letIn = 0
  for (let number = 0; number < 20_000; number++) {
    if (gate.refusal(requestOf(7), number / 20) === undefined) letIn++
    if (number % 1000 === 0) assert.equal(gate.refusal(requestOf(number, 1), number / 20), undefined)
  }
  assert.equal(letIn, 16)
})

test('in a flood of made-up addresses a node that asks again after 4, 8 and 16 s is let in, strangers are not', () => {
  const gate = newGate()
  flood(gate, 20_000, 0, 2000)
  const nodes = Array.from({ length: 200 }, (_, number) => requestOf(number, 1))
  const waiting = new Set(nodes)
  const askAll = (nowMs: number) => {
    for (const node of waiting) if (gate.refusal(node, nowMs) === undefined) waiting.delete(node)
  }
  askAll(2000)
  assert.ok(waiting.size > 180, `only ${waiting.size} were turned away at first`)
  const strangers = flood(gate, 20_000, 2000, 6000)
  askAll(6000)
  assert.ok(waiting.size <= 4, `${waiting.size} of 200 were turned away a second time`)
  flood(gate, 20_000, 6000, 14_000)
  askAll(14_000)
  assert.equal(waiting.size, 0)
  assert.ok(strangers < 2100, `${strangers} strangers were let in within 4 s`)
})

test('a request heard twice does not count as asked again', () => {
  const gate = newGate()
  const spend = (nowMs: number, family: number) => {
    for (let number = 0; gate.refusal(requestOf(number, family), nowMs) === undefined; number++);
  }
  for (const [nowMs, family] of [
    [1000, 2],
    [1001, 3],
    [2400, 4],
  ] as const) {
    spend(nowMs, family)
    assert.equal(gate.refusal(requestOf(1, 1), nowMs), 'too-many-requests')
  }
  spend(5000, 5)
  assert.equal(gate.refusal(requestOf(1, 1), 5000), undefined)
})

test('when the flood is over, everybody is let in again', () => {
  const gate = newGate()
  flood(gate, 20_000, 0, 5000)
  for (let number = 0; number < 1000; number++)
    assert.equal(gate.refusal(requestOf(number, 1), 8000 + number), undefined)
})

test('a datagram too short for an address is let in, to be named, and floods like any other', () => {
  const gate = newGate()
  assert.equal(gate.refusal(new Uint8Array(0), 0), undefined)
  for (let count = 0; count < 20; count++) gate.refusal(new Uint8Array(0), 1)
  assert.equal(gate.refusal(new Uint8Array(0), 2), 'node-asks-too-often')
})

test('a flood is told at once and then every 10 s, with its number', () => {
  const told: ServeEvent[] = []
  const tally = new RefusalTally('eth1', (event) => told.push(event))
  for (let nowMs = 0; nowMs <= 20_000; nowMs++) tally.count('too-many-requests', nowMs)
  assert.deepEqual(
    told.map((event) => event.type === 'packet.dropped' && [event.interface, event.reason, event.count]),
    [
      ['eth1', 'too-many-requests', 1],
      ['eth1', 'too-many-requests', 10_000],
      ['eth1', 'too-many-requests', 10_000],
    ],
  )
})
