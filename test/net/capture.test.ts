import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { capture } from '../../src/net/capture.ts'
import { VirtualClock } from '../../src/net/virtual-clock.ts'
import { readDatagrams } from '../lab/support/pcap.ts'
import { inside } from '../support/inside-namespace.ts'
import { Lan } from '../support/namespaces.ts'
import { missing } from '../support/needs.ts'

const ports = [40_067, 40_068]

test('a capture holds the datagrams of its ports, either end, and nothing else', {
  skip: missing('namespaces'),
}, async (t) => {
  const lan = new Lan()
  t.after(() => lan.close())
  const host = lan.addHost('host', '10.83.0.1/24')
  const clock = new VirtualClock()
  const nowMs = () => 1_700_000_000_123
  const options = { interface: 'e0', ports, durationMs: 100, clock, nowMs }
  const captured = await inside(host, async () => {
    const heard = capture(options)
    await send(40_067, 40_099, 'to the port')
    await send(40_099, 40_068, 'from the port')
    await send(40_099, 40_100, 'neither')
    await send(40_067, 40_099, 'x'.repeat(1400))
    for (let turn = 0; turn < 20; turn++) {
      await setImmediate()
      clock.advance(20)
    }
    return heard
  })
  assert.ok(captured !== undefined)
  const datagrams = readDatagrams(captured)
  assert.deepEqual(
    datagrams.map(({ payload }) => payload.toString()),
    ['to the port', 'from the port', 'x'.repeat(1400)],
  )
  assert.deepEqual(datagrams[0]?.destination, { address: '10.83.0.255', port: 40_067 })
  assert.equal(datagrams[0]?.atMs, 1_700_000_000_123)
})

test('a NIC that is not there gives no capture', async () => {
  const options = { interface: 'none0', ports, durationMs: 1, nowMs: Date.now }
  assert.equal(await capture({ ...options, clock: new VirtualClock() }), undefined)
})

async function send(to: number, from: number, text: string): Promise<void> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(from, resolve))
  socket.setBroadcast(true)
  await new Promise((resolve) => socket.send(text, to, '10.83.0.255', resolve))
  socket.close()
}
