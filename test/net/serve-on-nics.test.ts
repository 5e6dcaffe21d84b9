import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { systemClock } from '../../src/net/clock.ts'
import type { DatagramNetwork, DatagramSocket } from '../../src/net/datagram.ts'
import { KernelNetwork } from '../../src/net/kernel.ts'
import { fetchFile } from '../../src/node/tftp-client.ts'
import { edk2 } from '../../src/node/tftp-profiles.ts'
import { serverIdentifier } from '../../src/wire/dhcp/addresses.ts'
import { bootFileName } from '../../src/wire/dhcp/boot-file.ts'
import { decode } from '../../src/wire/dhcp/decode.ts'
import { encode } from '../../src/wire/dhcp/encode.ts'
import type { DhcpPacket } from '../../src/wire/dhcp/packet.ts'
import { edk2Discover } from '../../src/wire/dhcp/requests.ts'
import { inside } from '../support/inside-namespace.ts'
import { Lan } from '../support/namespaces.ts'
import { missing } from '../support/needs.ts'
import { bootFile, type Serving, startServing } from './serving.ts'
import { everyone, Sockets } from './sockets.ts'

/* The whole service on real NICs, seen from the nodes. */
const rounds = 100

describe('serving on several NICs', { skip: missing('namespaces') }, () => {
  let lans: Lan[] = []
  let sockets: Sockets
  beforeEach(() => {
    lans = [new Lan(), new Lan()]
    sockets = new Sockets()
  })
  afterEach(() => {
    sockets.close()
    for (const lan of lans) lan.close()
  })

  const layouts: Readonly<Record<string, readonly [string, string]>> = {
    'two subnets': ['10.81.0.1', '10.82.0.1'],
    'one subnet on two switches': ['10.81.0.1', '10.81.0.2'],
  }
  for (const [layout, addresses] of Object.entries(layouts))
    test(`${layout}: ${rounds} nodes on each are offered that NIC's address, and fetch from it`, async () => {
      const [first, second] = lans
      assert.ok(first && second)
      const server = first.addHost('srv', `${addresses[0]}/24`, 'e0')
      second.plug(server, 'e1', `${addresses[1]}/24`)
      first.exec(server, ['ip', 'route', 'add', 'default', 'via', '10.81.0.254', 'dev', 'e0'])
      const serving = startServing(first, server, { interfaces: [{ name: 'e0' }, { name: 'e1' }] })
      for (const _nic of addresses) await serving.next('interface.listening')
      await Promise.all(
        lans.map(async (lan, index) => {
          const address = addresses[index] ?? ''
          const node = lan.addHost('node', `${address.replace(/\d$/, '9')}/24`)
          await offers(node, address)
          await fetches(node, address)
        }),
      )
    })

  /** Discovers one after another, each answered once, by that address and naming it. */
  async function offers(node: string, address: string, count = rounds): Promise<void> {
    const socket = await sockets.node(node)
    for (let round = 0; round < count; round++) {
      const transactionId = nextNode++
      const { packet, from } = await offer(socket, discover(transactionId))
      assert.deepEqual(
        [packet.xid, packet.siaddr, serverIdentifier(packet.options), from, bootFileName(packet)],
        [transactionId, address, address, address, 'ipxe.efi'],
      )
    }
    socket.close()
  }

  /** A relay's address in `giaddr` brings the answer there, to port 67. */
  test('a relay is answered at giaddr, the node behind it fetches', async () => {
    const [first, second] = lans
    assert.ok(first && second)
    const server = first.addHost('srv', '10.81.0.1/24')
    const relay = first.addHost('relay', '10.81.0.254/24')
    second.plug(relay, 'e1', '10.82.0.1/24')
    const node = second.addHost('node', '10.82.0.9/24')
    second.exec(node, ['ip', 'route', 'add', 'default', 'via', '10.82.0.1'])
    first.exec(relay, ['sysctl', '-qw', 'net.ipv4.ip_forward=1'])
    first.exec(server, ['ip', 'route', 'add', '10.82.0.0/24', 'via', '10.81.0.254'])
    const serving = startServing(first, server, { interfaces: [{ name: 'e0' }], relay: true })
    await serving.next('interface.listening')

    const agent = await sockets.open(relay, { address: '10.82.0.1', port: 67 })
    const { packet, from } = await offer(agent, { ...discover(7), hops: 1, giaddr: '10.82.0.1' }, '10.81.0.1')
    assert.deepEqual([packet.giaddr, packet.siaddr, from], ['10.82.0.1', '10.81.0.1', '10.81.0.1'])
    await fetches(node, '10.81.0.1')
  })

  describe('when a NIC changes', () => {
    let lan: Lan
    let server = ''
    let node = ''
    let serving: Serving
    beforeEach(() => {
      const [first] = lans
      assert.ok(first)
      lan = first
      server = lan.addNamespace('srv')
      node = lan.addHost('node', '10.81.0.9/24')
      serving = startServing(lan, server, { interfaces: [{ name: 'e0' }] })
    })
    const ip = (...words: string[]) => lan.exec(server, ['ip', ...words])

    test('it is waited for, served, followed to another address, and served again after it was replaced', async () => {
      assert.equal((await serving.next('interface.waiting')).reason, 'missing')
      lan.plug(server, 'e0')
      assert.equal((await serving.next('interface.waiting')).reason, 'no-ipv4')
      ip('address', 'add', '10.81.0.1/24', 'dev', 'e0')
      assert.equal((await serving.next('interface.listening')).address, '10.81.0.1')
      await offers(node, '10.81.0.1', 1)

      ip('address', 'add', '10.81.0.2/24', 'dev', 'e0')
      ip('address', 'del', '10.81.0.1/24', 'dev', 'e0')
      // The kernel drops the second address of a subnet together with its first.
      ip('address', 'replace', '10.81.0.2/24', 'dev', 'e0')
      await followed('10.81.0.2')
      await offers(node, '10.81.0.2', 1)
      await fetches(node, '10.81.0.2')

      ip('link', 'del', 'e0')
      lan.plug(server, 'e0', '10.81.0.2/24')
      // The new NIC has another MAC address, which a node that knew the old one learns in half a minute.
      lan.exec(node, ['ip', 'neighbour', 'flush', 'dev', 'e0'])
      await followed('10.81.0.2')
      await offers(node, '10.81.0.2', 1)
      await fetches(node, '10.81.0.2')
    })

    /** A change may be seen at once, or as two: gone, and there again. */
    async function followed(address: string): Promise<void> {
      const event = await serving.next('interface.readdressed', 'interface.listening')
      assert.equal(event.address, address)
    }
  })

  async function fetches(node: string, address: string): Promise<void> {
    const server = { address, port: 69 }
    const network = networkOf(node)
    const result = await fetchFile({ network, clock: systemClock, server, file: 'ipxe.efi', profile: edk2 })
    assert.ok(result.ok, JSON.stringify(result))
    assert.equal(result.sha256, createHash('sha256').update(bootFile).digest('hex'))
  }
})

/** Opens every socket in that namespace, whenever it is asked. */
function networkOf(namespace: string): DatagramNetwork {
  const network = new KernelNetwork()
  return { open: (options) => inside(namespace, () => network.open(options)) }
}

function discover(transactionId: number): DhcpPacket {
  return edk2Discover({ mac: macOf(transactionId), architecture: 7, transactionId })
}

/** Each discover comes from another node: the fallback for one that asks again must not set in. */
let nextNode = 1

function macOf(number: number): string {
  const hex = number.toString(16).padStart(4, '0')
  return `52:54:00:00:${hex.slice(0, 2)}:${hex.slice(2)}`
}

async function offer(
  socket: DatagramSocket,
  request: DhcpPacket,
  to = everyone,
): Promise<{ packet: DhcpPacket; from: string }> {
  const answer = new Promise<{ packet: DhcpPacket; from: string }>((resolve) => {
    socket.onMessage((bytes, { address }) => {
      const decoded = decode(bytes)
      if (decoded.ok && decoded.value.xid === request.xid && decoded.value.op === 2)
        resolve({ packet: decoded.value, from: address })
    })
  })
  socket.send(encode(request), { address: to, port: 67 })
  return await answer
}
