import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DatagramSocket } from '../../src/net/datagram.ts'
import { MemoryNetwork } from '../../src/net/memory.ts'
import { VirtualClock } from '../../src/net/virtual-clock.ts'

const weather = { delayMs: 1, jitterMs: 0.5, lossPercent: 10, reorderPercent: 10, duplicatePercent: 5 }

function collect(socket: DatagramSocket): string[] {
  const seen: string[] = []
  socket.onMessage((bytes, from) => seen.push(`${Buffer.from(bytes)} from ${from.address}:${from.port}`))
  return seen
}

test('a datagram reaches its address after the delay', async () => {
  const clock = new VirtualClock()
  const network = new MemoryNetwork(clock, { conditions: { delayMs: 5 } })
  const server = await network
    .host({ name: 'e0', address: '10.0.0.1' })
    .open({ address: '10.0.0.1', port: 69 })
  const client = await network.host({ name: 'e0', address: '10.0.0.2' }).open({ address: '0.0.0.0', port: 0 })
  const seen = collect(server)
  client.send(Buffer.from('hello'), { address: '10.0.0.1', port: 69 })
  await clock.advance(5)
  assert.deepEqual(seen, [])
  await clock.advance(0.1)
  assert.deepEqual(seen, [`hello from 10.0.0.2:${client.local.port}`])
})

test('a broadcast reaches every other NIC of its segment, and no other segment', async () => {
  const clock = new VirtualClock()
  const network = new MemoryNetwork(clock)
  const broadcast = { address: '255.255.255.255', port: 67 }
  const server = network.host(
    { name: 'e0', address: '10.0.0.1' },
    { name: 'e1', address: '10.9.0.1', segment: 'b' },
  )
  const first = collect(await server.open({ ...broadcast, interface: 'e0' }))
  const second = collect(await server.open({ ...broadcast, interface: 'e1' }))
  const unicast = collect(await server.open({ address: '10.0.0.1', port: 67 }))
  const node = await network
    .host({ name: 'e0', address: '10.9.0.7', segment: 'b' })
    .open({ address: '0.0.0.0', port: 68 })
  node.send(Buffer.from('discover'), broadcast)
  await clock.advance(1)
  assert.deepEqual([first, second, unicast], [[], ['discover from 10.9.0.7:68'], []])
})

test('an answer leaves with the address of its NIC', async () => {
  const clock = new VirtualClock()
  const network = new MemoryNetwork(clock)
  const server = network.host(
    { name: 'e0', address: '10.0.0.1' },
    { name: 'e1', address: '10.9.0.1', segment: 'b' },
  )
  const socket = await server.open({ address: '255.255.255.255', port: 67, interface: 'e1' })
  const node = await network
    .host({ name: 'e0', address: '10.9.0.7', segment: 'b' })
    .open({ address: '0.0.0.0', port: 68 })
  const seen = collect(node)
  socket.send(Buffer.from('offer'), { address: '255.255.255.255', port: 68 })
  await clock.advance(1)
  assert.deepEqual(seen, ['offer from 10.9.0.1:67'])
})

test('a port is held once, and free again after closing', async () => {
  const host = new MemoryNetwork(new VirtualClock()).host({ name: 'e0', address: '10.0.0.1' })
  const socket = await host.open({ address: '10.0.0.1', port: 69 })
  await assert.rejects(host.open({ address: '0.0.0.0', port: 69 }), { code: 'PORT_IN_USE' })
  await host.open({ address: '255.255.255.255', port: 69 })
  socket.close()
  await host.open({ address: '10.0.0.1', port: 69 })
})

test('a closed socket neither sends nor receives', async () => {
  const clock = new VirtualClock()
  const network = new MemoryNetwork(clock)
  const host = network.host({ name: 'e0', address: '10.0.0.1' })
  const one = await host.open({ address: '10.0.0.1', port: 1 })
  const two = await host.open({ address: '10.0.0.1', port: 2 })
  const [seenByOne, seenByTwo] = [collect(one), collect(two)]
  one.send(Buffer.from('x'), two.local)
  two.close()
  two.send(Buffer.from('y'), one.local)
  await clock.advance(1)
  assert.deepEqual([seenByOne, seenByTwo], [[], []])
})

test('bytes may be reused by the sender after its turn', async () => {
  const clock = new VirtualClock()
  const network = new MemoryNetwork(clock)
  const host = network.host({ name: 'e0', address: '10.0.0.1' })
  const one = await host.open({ address: '10.0.0.1', port: 1 })
  const two = await host.open({ address: '10.0.0.1', port: 2 })
  const seen = collect(two)
  const bytes = Buffer.from('before')
  one.send(bytes, two.local)
  bytes.fill(0)
  await clock.advance(1)
  assert.deepEqual(seen, ['before from 10.0.0.1:1'])
})

async function stormyRun(seed: number): Promise<string[]> {
  const clock = new VirtualClock()
  const network = new MemoryNetwork(clock, { seed, conditions: weather })
  const host = network.host({ name: 'e0', address: '10.0.0.1' })
  const one = await host.open({ address: '10.0.0.1', port: 1 })
  const seen = collect(await host.open({ address: '10.0.0.1', port: 2 }))
  for (let count = 0; count < 2000; count++) {
    one.send(Buffer.from(String(count)), { address: '10.0.0.1', port: 2 })
    await clock.advance(0.2)
  }
  await clock.advance(10)
  return seen
}

test('weather: the same seed makes the same run, another seed another', async () => {
  const [first, second, other] = [await stormyRun(7), await stormyRun(7), await stormyRun(8)]
  assert.deepEqual(first, second)
  assert.notDeepEqual(first, other)
})

test('weather: about 10 % are lost, 5 % come twice, many overtake (seed 7)', async () => {
  const numbers = (await stormyRun(7)).map((text) => Number.parseInt(text, 10))
  const distinct = new Set(numbers)
  assert(distinct.size > 1750 && distinct.size < 1850, `${distinct.size} of 2000 arrived`)
  assert(numbers.length - distinct.size > 50, `${numbers.length - distinct.size} came twice`)
  const overtaken = numbers.filter((number, index) => number < (numbers[index - 1] ?? 0)).length
  assert(overtaken > 100, `${overtaken} were overtaken`)
})

test('a NIC sends one datagram after the other: 117 MB/s at 1 Gbit/s', async () => {
  const clock = new VirtualClock()
  const network = new MemoryNetwork(clock, { conditions: { delayMs: 0 } })
  const host = network.host({ name: 'e0', address: '10.0.0.1' })
  const one = await host.open({ address: '10.0.0.1', port: 1 })
  const two = await host.open({ address: '10.0.0.1', port: 2 })
  const seen = collect(two)
  for (let count = 0; count < 1000; count++) one.send(new Uint8Array(1472), two.local)
  await clock.advance(12.3)
  assert.equal(seen.length, 999)
  await clock.advance(0.1)
  assert.equal(seen.length, 1000)
})

test('a chosen datagram can be lost', async () => {
  const clock = new VirtualClock()
  const network = new MemoryNetwork(clock)
  network.passes = ({ bytes }) => bytes[0] !== 2
  const host = network.host({ name: 'e0', address: '10.0.0.1' })
  const one = await host.open({ address: '10.0.0.1', port: 1 })
  const two = await host.open({ address: '10.0.0.1', port: 2 })
  const seen: number[] = []
  two.onMessage((bytes) => seen.push(bytes[0] ?? 0))
  for (const value of [1, 2, 3]) one.send(Uint8Array.of(value), two.local)
  await clock.advance(1)
  assert.deepEqual(seen, [1, 3])
})
