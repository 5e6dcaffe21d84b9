import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { DatagramSocket } from '../../src/net/datagram.ts'
import { DhcpOption } from '../../src/wire/dhcp/constants.ts'
import { decode } from '../../src/wire/dhcp/decode.ts'
import { encode } from '../../src/wire/dhcp/encode.ts'
import { messageType, messageTypeName } from '../../src/wire/dhcp/message-type.ts'
import type { DhcpPacket } from '../../src/wire/dhcp/packet.ts'
import { edk2Discover, edk2Request } from '../../src/wire/dhcp/requests.ts'
import { greedyDnsmasq, sharingDhcpServers, startDhcpServer } from '../support/dhcp-servers.ts'
import { Lan } from '../support/namespaces.ts'
import { missing } from '../support/needs.ts'
import { everyone, Sockets } from './sockets.ts'

const serverAddress = '10.81.0.1'
const hardware = { mac: '52:54:00:00:00:81', architecture: 7, transactionId: 81 }
const broadcasts = { address: everyone, port: 67, interface: 'e0', broadcast: true }

describe('a DHCP server on the same machine', { skip: missing('namespaces') }, () => {
  let lan: Lan
  let sockets: Sockets
  let server = ''
  let node = ''
  let heard: string[] = []
  beforeEach(() => {
    lan = new Lan()
    sockets = new Sockets()
    server = lan.addHost('srv', `${serverAddress}/24`)
    node = lan.addHost('node')
    heard = []
  })
  afterEach(() => {
    sockets.close()
    lan.close()
  })

  for (const program of sharingDhcpServers) {
    const skip = missing(...program.needs)
    test(`${program.name} started before us keeps its renewals`, { skip }, async () => {
      await startDhcpServer(lan, server, program)
      await serve()
      await leaseAndRenew()
    })

    test(`${program.name} started after us keeps its renewals`, { skip }, async () => {
      await serve()
      await startDhcpServer(lan, server, program)
      await leaseAndRenew()
    })
  }

  test('dnsmasq that takes every address is named, with the line to add', {
    skip: missing(...greedyDnsmasq.needs),
  }, async () => {
    const { pid } = await startDhcpServer(lan, server, greedyDnsmasq)
    await assert.rejects(serve(), {
      code: 'PORT_IN_USE',
      message: `UDP port 67 on 255.255.255.255 is wanted, but dnsmasq (pid ${pid}) has it open on 0.0.0.0`,
      hint: 'echo bind-dynamic > /etc/dnsmasq.d/emf-pxe.conf && systemctl restart dnsmasq',
    })
  })

  test('a relay socket cannot share its port with a DHCP server, which is named', {
    skip: missing('/usr/sbin/dhcpd:isc-dhcp-server'),
  }, async () => {
    const isc = sharingDhcpServers.find(({ name }) => name === 'isc-dhcp-server')
    assert.ok(isc)
    const { pid } = await startDhcpServer(lan, server, isc)
    await assert.rejects(sockets.open(server, { ...broadcasts, address: serverAddress }), {
      code: 'PORT_IN_USE',
      message: `UDP port 67 on 10.81.0.1 is wanted, but dhcpd (pid ${pid}) has it open on 0.0.0.0`,
    })
  })

  /** What we open for broadcasts, taking down what it hears. */
  async function serve(): Promise<void> {
    const socket = await sockets.open(server, broadcasts)
    socket.onMessage((bytes) => heard.push(typeOf(bytes)))
  }

  async function leaseAndRenew(): Promise<void> {
    const unbound = await sockets.node(node)
    const offer = await exchange(unbound, edk2Discover(hardware), everyone)
    const choice = { requestedAddress: offer.yiaddr, dhcpServer: serverAddress }
    const lease = await exchange(unbound, edk2Request(hardware, choice), everyone)
    assert.equal(messageTypeName(messageType(lease.options)), 'ACK')
    unbound.close()

    lan.exec(node, ['ip', 'address', 'add', `${lease.yiaddr}/24`, 'dev', 'e0'])
    const bound = await sockets.open(node, { address: lease.yiaddr, port: 68, interface: 'e0' })
    const renewed = await exchange(bound, renewal(lease.yiaddr), serverAddress)
    assert.equal(messageTypeName(messageType(renewed.options)), 'ACK')
    assert.deepEqual(heard, ['DISCOVER', 'REQUEST'], 'we hear the broadcasts, and not the renewal')
  }
})

/** RFC 2131 §4.3.6, RENEWING: unicast, the address in `ciaddr`, neither option 50 nor 54. */
function renewal(address: string): DhcpPacket {
  const request = edk2Request(hardware, { requestedAddress: address, dhcpServer: serverAddress })
  const options = new Map(request.options)
  options.delete(DhcpOption.requestedAddress)
  options.delete(DhcpOption.serverIdentifier)
  return { ...request, options, flags: 0, ciaddr: address }
}

async function exchange(socket: DatagramSocket, request: DhcpPacket, address: string): Promise<DhcpPacket> {
  const answer = new Promise<DhcpPacket>((resolve) => {
    socket.onMessage((bytes) => {
      const decoded = decode(bytes)
      if (decoded.ok && decoded.value.op === 2) resolve(decoded.value)
    })
  })
  socket.send(encode(request), { address, port: 67 })
  return await answer
}

function typeOf(bytes: Uint8Array): string {
  const decoded = decode(bytes)
  return decoded.ok ? messageTypeName(messageType(decoded.value.options)) : decoded.problem
}
