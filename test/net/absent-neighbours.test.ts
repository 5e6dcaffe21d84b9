import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { KernelNetwork } from '../../src/net/kernel.ts'
import { Lan } from '../support/namespaces.ts'
import { missing } from '../support/needs.ts'
import { receive, Sockets } from './sockets.ts'

const skip = missing('namespaces')
const block = Buffer.alloc(512)

/** Nobody is there: an answer to it waits for ARP. */
const absent = (index: number) => ({ address: `10.81.${1 + (index % 200)}.${index % 250}`, port: 2070 })

describe('answers to neighbours that do not exist', { skip }, () => {
  const sockets = new Sockets()
  const plain = new Sockets(new KernelNetwork({ libc: 'none' }))
  let lan: Lan
  let server = ''
  let node = ''
  before(() => {
    lan = new Lan()
    server = lan.addHost('srv', '10.81.0.1/16')
    node = lan.addHost('node', '10.81.0.9/16')
  })
  after(() => {
    sockets.close()
    plain.close()
    lan.close()
  })

  test('leave room in the kernel’s neighbour table, and hold up nobody else', async () => {
    const socket = await sockets.open(server, { address: '10.81.0.1', port: 0, interface: 'e0' })
    const there = await sockets.open(node, { address: '10.81.0.9', port: 2070, interface: 'e0' })
    // As every node does before it asks us for anything: ARP.
    there.send(Buffer.from('question'), socket.local)
    await receive(socket, 1)
    const lost: string[] = []
    socket.onError(({ message }) => lost.push(message))
    for (let index = 0; index < 900; index++) socket.send(block, absent(index))
    assert.equal(socket.queuedBytes, 0)
    const arrival = receive(there, 1)
    socket.send(Buffer.from('answer'), { address: '10.81.0.9', port: 2070 })
    assert.equal((await arrival)[0]?.text, 'answer')
    assert(lost.length >= 900 - 256 && lost.length <= 900 - 254, `${lost.length} lost`)
    assert.match(lost[0] ?? '', /EHOSTUNREACH/)
    const searched = lan
      .exec(server, ['ip', 'neighbour'])
      .split('\n')
      .filter((line) => line.startsWith('10.81.'))
    assert(searched.length <= 260, `${searched.length} entries`)
  })

  test('take 4 MB of memory at most', async () => {
    const socket = await plain.open(server, { address: '10.81.0.1', port: 0 })
    for (let index = 0; index < 20_000; index++) socket.send(block, absent(index))
    assert(socket.queuedBytes < 4_100_000, `${socket.queuedBytes} bytes wait`)
  })
})
