import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { Lan } from '../support/namespaces.ts'
import { missing } from '../support/needs.ts'
import { ask, Sockets } from './sockets.ts'

/*
 *   nodes ── 10.82.0.1 relay 10.81.0.254 ── 10.81.0.1 e0 server e1 10.83.0.1 ── 10.83.0.254 relay
 *
 * The relay is a router with a leg in each network; it forwards with giaddr 10.82.0.1.
 */
const giaddr = '10.82.0.1'
const nodeAddress = '10.82.0.9'
const serverAddress = '10.81.0.1'

const routes = [
  { name: 'back through the NIC it came in by', via: '10.81.0.254' },
  { name: 'back through the other NIC only', via: '10.83.0.254' },
]

describe('behind a relay', { skip: missing('namespaces') }, () => {
  const sockets = new Sockets()
  const lans: Lan[] = []
  let server = ''
  let relay = ''
  let node = ''

  before(() => {
    const [first, nodes, second] = [new Lan(), new Lan(), new Lan()]
    lans.push(first, nodes, second)
    server = first.addHost('srv', `${serverAddress}/24`)
    relay = first.addHost('relay', '10.81.0.254/24')
    nodes.plug(relay, 'e1', `${giaddr}/24`)
    second.plug(relay, 'e2', '10.83.0.254/24')
    second.plug(server, 'e1', '10.83.0.1/24')
    node = nodes.addHost('node', `${nodeAddress}/24`)
    nodes.exec(node, ['ip', 'route', 'add', 'default', 'via', giaddr])
    nodes.exec(relay, ['sysctl', '-qw', 'net.ipv4.ip_forward=1'])
  })
  afterEach(() => sockets.close())
  after(() => {
    for (const lan of lans) lan.close()
  })

  const questions = [
    { asker: 'the relay', port: 67, address: giaddr, from: 67 },
    { asker: 'a node behind it', port: 4011, address: nodeAddress, from: 4011 },
    { asker: 'a node behind it', port: 69, address: nodeAddress, from: 2070 },
  ]
  for (const { name, via } of routes)
    for (const { asker, port, address, from: askerPort } of questions)
      test(`port ${port}: ${asker} is answered, ${name}`, async () => {
        lans[0]?.exec(server, ['ip', 'route', 'replace', '10.82.0.0/24', 'via', via])
        await sockets.answerUnicast(server, 'e0', serverAddress, port)
        const agent = await sockets.open(address === giaddr ? relay : node, { address, port: askerPort })
        const answers = await ask(agent, { address: serverAddress, port }, 10)
        const from = { address: serverAddress, port }
        assert.deepEqual(
          answers,
          Array.from({ length: 10 }, (_, index) => ({ text: `e0 ${index}`, from })),
        )
      })
})
