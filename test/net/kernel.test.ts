import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { EmfPxeError } from '../../src/errors/error.ts'
import type { DatagramOptions, DatagramSocket, Endpoint } from '../../src/net/datagram.ts'
import { KernelNetwork } from '../../src/net/kernel.ts'
import type { KernelSocket } from '../../src/net/kernel-socket.ts'

const opened: DatagramSocket[] = []
after(() => {
  for (const socket of opened) socket.close()
})

const kinds = [
  { kind: 'through the C library', network: new KernelNetwork() },
  { kind: 'with plain Node', network: new KernelNetwork({ libc: 'none' }) },
]

async function open(network: KernelNetwork, options: Partial<DatagramOptions> = {}): Promise<KernelSocket> {
  const socket = await network.open({ address: '127.0.0.1', port: 0, ...options })
  opened.push(socket)
  return socket
}

function received(socket: DatagramSocket, count: number): Promise<{ bytes: Uint8Array; from: Endpoint }[]> {
  const messages: { bytes: Uint8Array; from: Endpoint }[] = []
  return new Promise((resolve) => {
    socket.onMessage((bytes, from) => {
      messages.push({ bytes, from })
      if (messages.length === count) resolve(messages)
    })
  })
}

for (const { kind, network } of kinds) {
  test(`${kind}: a datagram arrives unchanged, with its source`, async () => {
    const [receiver, sender] = [await open(network), await open(network)]
    const arrival = received(receiver, 1)
    sender.send(Buffer.from('discover'), receiver.local)
    const [message] = await arrival
    assert.deepEqual(Buffer.from(message?.bytes ?? []).toString(), 'discover')
    assert.equal(message?.from.port, sender.local.port)
  })

  for (const sizes of [[], [0], [1468, 1468], [1472, 1472, 1472, 7], [5, 6, 7], [4, 0, 4], windowOf(70)]) {
    test(`${kind}: ${sizes.length} datagrams of ${new Set(sizes).size} sizes arrive in order`, async () => {
      const [receiver, sender] = [await open(network, { receiveBufferBytes: 1_000_000 }), await open(network)]
      const datagrams = [...sizes, 3].map((size, index) => Buffer.alloc(size, index))
      const arrival = received(receiver, datagrams.length)
      sender.sendMany(datagrams.slice(0, -1), receiver.local)
      sender.send(datagrams.at(-1) ?? Buffer.alloc(0), receiver.local)
      assert.deepEqual(
        (await arrival).map(({ bytes }) => Buffer.from(bytes)),
        datagrams,
      )
    })
  }

  test(`${kind}: a port that is taken is refused with the holder's name`, async () => {
    const first = await open(network)
    await assert.rejects(open(network, { port: first.local.port }), (error: unknown) => {
      assert.ok(error instanceof EmfPxeError)
      assert.equal(error.code, 'PORT_IN_USE')
      assert.match(
        error.message,
        new RegExp(`UDP port ${first.local.port} on 127.0.0.1 is wanted, .*\\(pid ${process.pid}`),
      )
      return true
    })
  })

  test(`${kind}: an address of another machine is refused by name`, async () => {
    await assert.rejects(open(network, { address: '203.0.113.1' }), {
      code: 'ADDRESS_NOT_LOCAL',
      message: /203\.0\.113\.1/,
    })
  })

  test(`${kind}: after closing nothing is sent, received or reported`, async () => {
    const [closed, other] = [await open(network), await open(network)]
    closed.onMessage(() => assert.fail('a message after closing'))
    closed.onError(() => assert.fail('an error after closing'))
    const arrival = received(other, 1)
    closed.close()
    closed.close()
    closed.send(Buffer.from('late'), other.local)
    closed.sendMany([Buffer.from('late')], other.local)
    ;(await open(network)).send(Buffer.from('in time'), other.local)
    assert.equal(Buffer.from((await arrival)[0]?.bytes ?? []).toString(), 'in time')
  })

  test(`${kind}: a failed send is reported, not thrown`, async () => {
    const socket = await open(network)
    const failure = new Promise<Error>((resolve) => {
      socket.onError(resolve)
    })
    socket.send(Buffer.alloc(65_508), { address: '127.0.0.1', port: 9 })
    assert.match((await failure).message, /EMSGSIZE 127\.0\.0\.1:9/)
  })
}

function windowOf(blocks: number): number[] {
  return Array.from({ length: blocks }, () => 1472)
}

test('a NIC that does not exist is named', async () => {
  const wanted = open(new KernelNetwork(), { address: '255.255.255.255', interface: 'nic-of-nobody' })
  await assert.rejects(wanted, { code: 'INTERFACE_MISSING', message: /nic-of-nobody/ })
})

test('a program that asks for sharing does not get the port of a unicast service', async () => {
  const ours = await open(new KernelNetwork())
  const intruder = createSocket({ type: 'udp4', reuseAddr: true })
  intruder.bind(ours.local.port, '127.0.0.1')
  const [error] = await once(intruder, 'error')
  intruder.close()
  assert.equal(error.code, 'EADDRINUSE')
})

test('broadcasts on loopback reach the socket of the demo, and its answer the node', async () => {
  const network = new KernelNetwork()
  const broadcast = { interface: 'lo', broadcast: true }
  const server = await open(network, {
    ...broadcast,
    address: '255.255.255.255',
    sourceAddress: '127.0.0.1',
  })
  const node = await open(network, { ...broadcast, address: '0.0.0.0', sourceAddress: '127.0.0.1' })
  server.onMessage((bytes, from) => {
    assert.equal(from.address, '127.0.0.1')
    server.send(bytes, { address: '255.255.255.255', port: from.port })
  })
  const answer = received(node, 1)
  node.send(Buffer.from('discover'), { address: '255.255.255.255', port: server.local.port })
  const [message] = await answer
  assert.deepEqual(message?.from.address, '127.0.0.1')
})

test('the receive buffer that was granted is known', async () => {
  const socket = await open(new KernelNetwork(), { receiveBufferBytes: 100_000 })
  assert.equal(socket.receiveBufferBytes, 100_000)
})
