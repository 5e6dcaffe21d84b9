import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryNetwork } from '../../src/net/memory.ts'
import { VirtualClock } from '../../src/net/virtual-clock.ts'
import { rehearse } from '../../src/tftp/rehearsal.ts'

const stage = () => {
  const clock = new VirtualClock()
  const network = new MemoryNetwork(clock)
  return { clock, network, host: network.host({ name: 'lo', address: '127.0.0.1' }) }
}

test('a rehearsal serves whole files and leaves no socket open', async () => {
  const { clock, host } = stage()
  const parts = { network: host, clock, isDisturbed: () => false }
  assert.equal(await clock.until(rehearse(parts)), 10 * 1024 * 1024)
  for (let port = 49_153; port < 49_165; port++) await host.open({ address: '127.0.0.1', port })
})

test('when a node comes it ends at once', async () => {
  const { clock, host } = stage()
  let blocks = 0
  const arrived = await clock.until(rehearse({ network: host, clock, isDisturbed: () => ++blocks > 100 }))
  assert(arrived > 0 && arrived <= 100 * 1468, `${arrived} bytes`)
})

test('without a working loopback it ends after a second', async () => {
  const { clock, network, host } = stage()
  network.passes = () => false
  assert.equal(await clock.until(rehearse({ network: host, clock, isDisturbed: () => false })), 0)
  assert(clock.now() <= 1001)
})

test('without any loopback it is no error', async () => {
  const { clock } = stage()
  const closed = { open: () => Promise.reject(new Error('no loopback')) }
  assert.equal(await rehearse({ network: closed, clock, isDisturbed: () => false }), 0)
})
