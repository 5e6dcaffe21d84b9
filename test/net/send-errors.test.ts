import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { DatagramSocket } from '../../src/net/datagram.ts'
import { KernelNetwork } from '../../src/net/kernel.ts'
import { Lan } from '../support/namespaces.ts'
import { missing } from '../support/needs.ts'
import { Sockets } from './sockets.ts'

const skip = missing('namespaces', 'nft:nftables')
const node = { address: '10.81.0.9', port: 2070 }

/** What the socket says next, within this turn or the following ones. */
function failureOf(socket: DatagramSocket): Promise<Error> {
  return new Promise((resolve) => socket.onError(resolve))
}

const kinds = [
  ['through the C library', () => new Sockets()],
  ['with plain Node', () => new Sockets(new KernelNetwork({ libc: 'none' }))],
] as const

for (const [kind, makeSockets] of kinds)
  describe(`answers that cannot leave, ${kind}`, { skip }, () => {
    const sockets = makeSockets()
    let lan: Lan
    let server = ''
    before(() => {
      lan = new Lan()
      server = lan.addHost('srv', '10.81.0.1/24')
      lan.exec(server, ['nft', 'add table ip filter'])
      lan.exec(server, ['nft', 'add chain ip filter output { type filter hook output priority 0; }'])
      lan.exec(server, ['nft', 'add rule ip filter output udp dport 2070 drop'])
    })
    after(() => {
      sockets.close()
      lan.close()
    })

    const open = () => sockets.open(server, { address: '10.81.0.1', port: 0, interface: 'e0' })

    test('because of a rule of the firewall', async () => {
      const socket = await open()
      const failure = failureOf(socket)
      socket.send(Buffer.from('answer'), node)
      assert.equal((await failure).name, 'EmfPxeError')
      assert.match((await failure).message, /an answer to 10\.81\.0\.9:2070 was dropped by an output rule/)
    })

    test('a whole window of them is reported, and the socket goes on', async () => {
      const socket = await open()
      const failure = failureOf(socket)
      socket.sendMany([Buffer.alloc(512), Buffer.alloc(512), Buffer.alloc(3)], node)
      assert.match((await failure).message, /output rule/)
      socket.send(Buffer.from('elsewhere'), { address: '10.81.0.9', port: 2071 })
    })

    test('because there is no route', async () => {
      const socket = await open()
      const failure = failureOf(socket)
      socket.send(Buffer.from('answer'), { address: '203.0.113.9', port: 2070 })
      assert.match((await failure).message, /ENETUNREACH 203\.0\.113\.9:2070/)
    })
  })
