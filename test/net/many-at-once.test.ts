import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { after, test } from 'node:test'
import type { DatagramOptions, DatagramSocket } from '../../src/net/datagram.ts'
import { KernelNetwork } from '../../src/net/kernel.ts'

const opened: DatagramSocket[] = []
after(() => {
  for (const socket of opened) socket.close()
})

async function open(options: Partial<DatagramOptions> = {}, network = new KernelNetwork()) {
  const socket = await network.open({ address: '127.0.0.1', port: 0, ...options })
  opened.push(socket)
  return socket
}

for (const [name, libc] of [
  ['through the C library', undefined],
  ['with plain Node', 'none'],
] as const)
  test(`${name}: 150 datagrams that wait arrive in order, each with its own bytes and source`, async () => {
    const network = libc === undefined ? new KernelNetwork() : new KernelNetwork({ libc })
    const receiver = await open({ manyAtOnce: true, receiveBufferBytes: 1_000_000 }, network)
    const senders = [await open(), await open()]
    const kept: { bytes: Uint8Array; port: number; address: string }[] = []
    const all = new Promise<void>((resolve) => {
      receiver.onMessage((bytes, { port, address }) => {
        kept.push({ bytes, port, address })
        if (kept.length === 150) resolve()
      })
    })
    for (let number = 0; number < 150; number++)
      senders[number % 2]?.send(Buffer.alloc(number * 9, number), receiver.local)
    await all
    for (const [number, { bytes, port, address }] of kept.entries()) {
      assert.deepEqual(Buffer.from(bytes), Buffer.alloc(number * 9, number))
      assert.equal(port, senders[number % 2]?.local.port)
      assert.equal(address, '127.0.0.1')
    }
  })

test('closed by the first of many: nothing more is heard', async () => {
  const receiver = await open({ manyAtOnce: true })
  const sender = createSocket('udp4').bind(0, '127.0.0.1')
  await once(sender, 'listening')
  let heard = 0
  const first = new Promise<void>((resolve) => {
    receiver.onMessage(() => {
      heard++
      receiver.close()
      resolve()
    })
  })
  for (let number = 0; number < 20; number++) sender.send(Buffer.from('x'), receiver.local.port, '127.0.0.1')
  await first
  await new Promise((resolve) => setImmediate(resolve))
  sender.close()
  assert.equal(heard, 1)
})

test('a request does not wait behind the acknowledgements of others', async () => {
  const network = new KernelNetwork()
  const busy = await open({ receiveBufferBytes: 1_000_000 }, network)
  const requests = await open({ manyAtOnce: true }, network)
  const sender = await open()
  const order: string[] = []
  let counted = 0
  const done = new Promise<void>((resolve) => {
    busy.onMessage(() => {
      // As long as real work takes: a fifth of a millisecond.
      for (const endMs = performance.now() + 0.2; performance.now() < endMs; );
      order.push('acknowledgement')
      if (++counted === 500) resolve()
    })
  })
  requests.onMessage(() => order.push('request'))
  for (let number = 0; number < 500; number++) sender.send(Buffer.from('ack'), busy.local)
  sender.send(Buffer.from('discover'), requests.local)
  await done
  assert.ok(order.indexOf('request') < 32, `the request was number ${order.indexOf('request')}`)
})
