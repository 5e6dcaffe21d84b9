import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../src/net/virtual-clock.ts'
import { type InterfaceState, watchInterfaces } from '../../src/net/watch.ts'

const ready: InterfaceState = { name: 'e0', index: 7, addresses: ['10.81.0.1'], problem: undefined }
const missing: InterfaceState = { name: 'e0', index: undefined, addresses: [], problem: 'missing' }

/** Runs a watch over what the NIC looks like second after second; returns what it reported, and when. */
async function reports(looks: readonly InterfaceState[]): Promise<[second: number, state: InterfaceState][]> {
  const clock = new VirtualClock()
  const seen: [number, InterfaceState][] = []
  let second = 0
  const stop = watchInterfaces(
    ['e0'],
    clock,
    ([state]) => state && seen.push([clock.now() / 1000, state]),
    () => [looks[second++] ?? missing],
  )
  await clock.advance((looks.length - 1) * 1000)
  stop()
  await clock.advance(5000)
  assert.equal(second, looks.length, 'looks once a second, and not after it was stopped')
  return seen
}

test('tells at once what there is, and nothing more while it stays', async () => {
  assert.deepEqual(await reports([ready, ready, ready]), [[0, ready]])
})

const changes: readonly [name: string, after: InterfaceState][] = [
  ['the address changes', { ...ready, addresses: ['10.81.0.2'] }],
  ['an address is added', { ...ready, addresses: ['10.81.0.1', '10.82.0.1'] }],
  ['the address goes', { ...ready, addresses: [], problem: 'no-ipv4' }],
  ['the link goes', { ...ready, problem: 'down' }],
  ['the NIC goes', missing],
]
for (const [name, after] of changes)
  test(`tells when ${name}, and when it is as before`, async () => {
    assert.deepEqual(await reports([ready, ready, after, after, ready]), [
      [0, ready],
      [2, after],
      [4, ready],
    ])
  })

test('a NIC replaced between two looks was missing, although it looks the same', async () => {
  const another = { ...ready, index: 8 }
  assert.deepEqual(await reports([ready, another, another]), [
    [0, ready],
    [1, missing],
    [1, another],
  ])
})
