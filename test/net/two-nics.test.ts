import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { Lan } from '../support/namespaces.ts'
import { missing } from '../support/needs.ts'
import { ask, everyone, type Message, receive, Sockets } from './sockets.ts'

const skip = missing('namespaces', 'nft:nftables')
const rounds = 100

interface Network {
  readonly nic: string
  readonly address: string
  readonly nodeAddress: string
}

/** One server with a NIC on each of two switches, and a node on each switch. */
const layouts: Readonly<Record<string, readonly Network[]>> = {
  'two networks': [
    { nic: 'e0', address: '10.81.0.1', nodeAddress: '10.81.0.9' },
    { nic: 'e1', address: '10.82.0.1', nodeAddress: '10.82.0.9' },
  ],
  'two switches that carry one subnet': [
    { nic: 'e0', address: '10.81.0.1', nodeAddress: '10.81.0.8' },
    { nic: 'e1', address: '10.81.0.2', nodeAddress: '10.81.0.9' },
  ],
}

for (const [layout, networks] of Object.entries(layouts)) {
  describe(`two NICs: ${layout}`, { skip }, () => {
    const sockets = new Sockets()
    const site: { network: Network; lan: Lan; node: string }[] = []
    let server = ''

    before(() => {
      for (const network of networks) {
        const lan = new Lan()
        if (server === '') server = lan.addNamespace('srv')
        lan.plug(server, network.nic, `${network.address}/24`)
        site.push({ network, lan, node: lan.addHost('node', `${network.nodeAddress}/24`) })
      }
      // Whatever is not told its NIC goes astray: the routing table prefers the first for everything.
      exec('ip', 'route', 'add', 'default', 'via', '10.81.0.254', 'dev', 'e0')
      countOutput(exec)
    })
    afterEach(() => sockets.close())
    after(() => {
      for (const { lan } of site) lan.close()
    })

    function exec(...command: string[]): string {
      return site[0]?.lan.exec(server, command) ?? ''
    }

    test('100 discovers on each: every answer leaves by the NIC it came in by, with its address', async () => {
      for (const { network } of site) await sockets.answerBroadcasts(server, network.nic, network.address)
      const answers = await Promise.all(
        site.map(async ({ node }) => ask(await sockets.node(node), { address: everyone, port: 67 }, rounds)),
      )
      assert.deepEqual(
        answers,
        networks.map((network) => expected(network, 67)),
      )
      assert.deepEqual(outputCounts(exec), {
        'e0 67 10.81.0.1': rounds,
        [`e1 67 ${networks[1]?.address}`]: rounds,
      })
    })

    test('100 requests to each boot server: every answer leaves by the NIC of its address', async () => {
      for (const { network } of site) await sockets.answerUnicast(server, network.nic, network.address, 4011)
      const answers = await Promise.all(
        site.map(async ({ network, node }) => {
          const options = { address: network.nodeAddress, port: 4011, interface: 'e0' }
          return ask(await sockets.open(node, options), { address: network.address, port: 4011 }, rounds)
        }),
      )
      assert.deepEqual(
        answers,
        networks.map((network) => expected(network, 4011)),
      )
    })

    test('a boot server broadcasts out of its own NIC, from its own port', async () => {
      for (const { network, node } of site) {
        const server4011 = await sockets.answerUnicast(server, network.nic, network.address, 4011)
        const arrival = receive(await sockets.node(node), 1)
        server4011.send(Buffer.from(network.nic), { address: everyone, port: 68 })
        assert.deepEqual(await arrival, [
          { text: network.nic, from: { address: network.address, port: 4011 } },
        ])
      }
    })
  })
}

describe('two NICs on one switch', { skip }, () => {
  const sockets = new Sockets()
  const nics = ['e0', 'e1']
  const addresses = ['10.81.0.1', '10.81.0.2']
  let lan: Lan
  let server = ''
  let node = ''

  before(() => {
    lan = new Lan()
    server = lan.addNamespace('srv')
    for (const [index, nic] of nics.entries()) lan.plug(server, nic, `${addresses[index]}/24`)
    node = lan.addHost('node', '10.81.0.9/24')
    countOutput((...command) => lan.exec(server, command))
  })
  afterEach(() => sockets.close())
  after(() => lan.close())

  test('100 discovers: each NIC answers each once, with its own address', async () => {
    for (const [index, nic] of nics.entries())
      await sockets.answerBroadcasts(server, nic, addresses[index] ?? '')
    const answers = await ask(await sockets.node(node), { address: everyone, port: 67 }, rounds, nics.length)
    const seen = new Set(answers.map(({ text, from }) => `${text} from ${from.address}`))
    assert.equal(seen.size, rounds * nics.length)
    assert.deepEqual(
      outputCounts((...command) => lan.exec(server, command)),
      Object.fromEntries(nics.map((nic, index) => [`${nic} 67 ${addresses[index]}`, rounds])),
    )
  })

  // The machine answers ARP for either address on either NIC (arp_ignore 0, the default): a node's
  // requests for one address come in by the other NIC, where a device-bound socket would refuse them.
  for (const [index, address] of addresses.entries())
    test(`requests to ${address} are answered, whichever NIC they came in by`, async () => {
      for (const [other, nic] of nics.entries())
        await sockets.answerUnicast(server, nic, addresses[other] ?? '', 4011)
      const socket = await sockets.open(node, { address: '10.81.0.9', port: 4011, interface: 'e0' })
      const answers = await ask(socket, { address, port: 4011 }, rounds)
      assert.deepEqual(answers, expected({ nic: nics[index] ?? '', address, nodeAddress: '10.81.0.9' }, 4011))
    })
})

function expected({ nic, address }: Network, port: number): Message[] {
  return Array.from({ length: rounds }, (_, index) => ({ text: `${nic} ${index}`, from: { address, port } }))
}

/** Counts what leaves from port 67, by NIC and source address. */
function countOutput(exec: (...command: string[]) => string): void {
  exec('nft', 'add table ip count')
  exec('nft', 'add set ip count seen { typeof oifname . udp sport . ip saddr; flags dynamic; counter; }')
  exec('nft', 'add chain ip count out { type filter hook output priority 300; }')
  exec('nft', 'add rule ip count out udp sport 67 add @seen { oifname . udp sport . ip saddr }')
}

function outputCounts(exec: (...command: string[]) => string): Record<string, number> {
  const text = exec('nft', 'list', 'set', 'ip', 'count', 'seen')
  const matches = text.matchAll(/"(\w+)" \. (\d+) \. ([\d.]+) counter packets (\d+)/g)
  return Object.fromEntries(
    [...matches].map(([, nic, port, address, packets]) => [`${nic} ${port} ${address}`, Number(packets)]),
  )
}
