import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FirstContact } from '../../src/net/first-contact.ts'

test('absent neighbours are searched for 256 at a time, those that are there always answered', () => {
  let nowMs = 0
  const present = new Set(['10.20.0.9'])
  const contact = new FirstContact(() => nowMs)
  const isKnown = (address: string) => present.has(address)
  const searched = () =>
    Array.from({ length: 1000 }, (_, index) => contact.mayReach(`10.20.7.${index}`, isKnown))
  assert.equal(searched().filter(Boolean).length, 256)
  assert.equal(contact.mayReach('10.20.0.9', isKnown), true)
  nowMs = 2999
  assert.equal(searched().filter(Boolean).length, 0)
  nowMs = 3000
  assert.equal(searched().filter(Boolean).length, 256)
})

test('a neighbour once known is asked for again after ten seconds', () => {
  let nowMs = 0
  let looks = 0
  const contact = new FirstContact(() => nowMs)
  const isKnown = () => ++looks > 0
  for (let datagram = 0; datagram < 1000; datagram++) contact.mayReach('10.20.0.9', isKnown)
  assert.equal(looks, 1)
  nowMs = 10_001
  contact.mayReach('10.20.0.9', isKnown)
  assert.equal(looks, 2)
})

test('20,000 neighbours and more take no more room', () => {
  let looks = 0
  const contact = new FirstContact(() => 0)
  const isKnown = () => ++looks > 0
  for (let index = 0; index < 40_000; index++) contact.mayReach(String(index), isKnown)
  assert.equal(contact.mayReach('39999', isKnown), true)
  assert.equal(looks, 40_000)
  contact.mayReach('1', isKnown)
  assert.equal(looks, 40_001)
})
