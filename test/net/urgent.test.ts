import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UrgentSockets } from '../../src/net/urgent.ts'

test('looked at once a millisecond, however many datagrams others have', () => {
  let nowMs = 10
  let looks = 0
  const urgent = new UrgentSockets(() => nowMs)
  urgent.add(() => looks++)
  for (let datagram = 0; datagram < 1000; datagram++, nowMs += 0.01) urgent.look()
  assert.equal(looks, 10)
})

test('forgotten when it is closed', () => {
  let looks = 0
  const urgent = new UrgentSockets(() => 10)
  const forget = urgent.add(() => looks++)
  forget()
  urgent.look()
  assert.equal(looks, 0)
})
