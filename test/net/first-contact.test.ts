import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FirstContact } from '../../src/net/first-contact.ts'

test('absent neighbours are searched for 256 at a time, those that are there always answered', () => {
  let nowMs = 0
  const present = new Set(['10.20.0.9'])
  const contact = new FirstContact(() => nowMs)
  const isKnown = (address: string) => present.has(address)
  let asked = 0
  const searched = () => Array.from({ length: 1000 }, () => contact.mayReach(`absent ${asked++}`, isKnown))
  assert.equal(searched().filter(Boolean).length, 256)
  assert.equal(contact.mayReach('10.20.0.9', isKnown), true)
  nowMs = 2999
  assert.equal(searched().filter(Boolean).length, 0)
  // One that is being searched for takes no second place.
  assert.equal(contact.mayReach('absent 0', isKnown), true)
  nowMs = 3010
  assert.equal(searched().filter(Boolean).length, 256)
})

test('a thousand neighbours that answer ARP at once are all reached within 40 ms', () => {
  let nowMs = 0
  const contact = new FirstContact(() => nowMs)
  const asked = new Set<string>()
  const reached = Array.from({ length: 1000 }, (_, index) => {
    nowMs += 0.04
    const address = `10.20.${index >> 8}.${index & 255}`
    const isKnown = (of: string) => asked.has(of)
    const may = contact.mayReach(address, isKnown)
    asked.add(address)
    return may
  })
  assert.equal(reached.filter(Boolean).length, 1000)
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
