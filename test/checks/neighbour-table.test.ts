import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readNeighbourTable, verdict } from '../../src/checks/host/neighbour-table.ts'

/** As Linux 6 shows it on two processors, columns left out. */
const counts = [
  'entries  allocs   destroys lookups  unresolved_discards table_fulls',
  '0000001f 0000be72 0000cd60 004ee615 00000000            00000002',
  '0000001f 0000c625 0000b718 0060a35d 00000000            0000000a',
  '',
].join('\n')

test('the kernel’s numbers are hexadecimal, one line a processor', () => {
  assert.deepEqual(readNeighbourTable('1024\n', counts), { entries: 31, limit: 1024, timesFull: 12 })
})

test('files that are missing, or of another shape, say nothing', () => {
  assert.equal(readNeighbourTable(undefined, counts), undefined)
  assert.equal(readNeighbourTable('1024', undefined), undefined)
  assert.equal(readNeighbourTable('1024', counts.replace('table_fulls', 'other')), undefined)
})

test('a table that is nearly full, or was full and is still small, is a warning', () => {
  assert.equal(verdict({ entries: 31, limit: 1024, timesFull: 0 }).outcome, 'ok')
  assert.equal(verdict({ entries: 900, limit: 1024, timesFull: 0 }).outcome, 'warning')
  const full = verdict({ entries: 31, limit: 1024, timesFull: 12 })
  assert.equal(full.outcome, 'warning')
  assert.match(full.evidence, /31 of 1024 .* 12 times/)
})

test('once there is room, the past is past', () => {
  assert.equal(verdict({ entries: 900, limit: 8192, timesFull: 12 }).outcome, 'ok')
})
