import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NeighbourTable } from '../../src/net/neighbours.ts'

test('a flood of unknown addresses reads the table for a twentieth of the time', () => {
  let nowMs = 0
  let reads = 0
  const read = () => {
    reads++
    nowMs += 2
    return new Map([['10.20.0.9', '52:54:00:00:00:09']])
  }
  const table = new NeighbourTable(read, () => nowMs)
  for (; nowMs < 10_000; nowMs += 0.1) {
    assert.equal(table.macOf('10.20.9.9'), undefined)
    assert.equal(table.macOf('10.20.0.9'), '52:54:00:00:00:09')
  }
  assert(reads > 200 && reads <= 10_000 / 42 + 1, `${reads} reads`)
})

test('a neighbour that comes later is found', () => {
  let nowMs = 0
  const kernel = new Map<string, string>()
  const table = new NeighbourTable(
    () => {
      nowMs += 0.05
      return new Map(kernel)
    },
    () => nowMs,
  )
  assert.equal(table.macOf('10.20.0.9'), undefined)
  kernel.set('10.20.0.9', '52:54:00:00:00:09')
  nowMs += 1
  assert.equal(table.macOf('10.20.0.9'), '52:54:00:00:00:09')
})
