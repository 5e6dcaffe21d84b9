import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { KernelNetwork } from '../../src/net/kernel.ts'
import { Lan } from '../support/namespaces.ts'
import { missing } from '../support/needs.ts'
import { ask, everyone, Sockets } from './sockets.ts'

test('what plain Node cannot do is said, and nothing where there is nothing to say', () => {
  assert.match(new KernelNetwork({ libc: 'none' }).limits.join('\n'), /answered on every configured one/)
  assert.deepEqual(new KernelNetwork().limits, [])
})

describe('plain Node on a machine with two NICs', { skip: missing('namespaces') }, () => {
  const plain = new Sockets(new KernelNetwork({ libc: 'none' }))
  const nodes = new Sockets()
  const lans: Lan[] = []
  const addresses = ['10.81.0.1', '10.82.0.1']
  const nodeNames: string[] = []
  let server = ''

  before(() => {
    for (const [index, address] of addresses.entries()) {
      const lan = new Lan()
      if (index === 0) server = lan.addNamespace('srv')
      lan.plug(server, `e${index}`, `${address}/24`)
      nodeNames.push(lan.addHost('node'))
      lans.push(lan)
    }
    lans[0]?.exec(server, ['ip', 'route', 'add', 'default', 'via', '10.81.0.254', 'dev', 'e0'])
  })
  afterEach(() => {
    plain.close()
    nodes.close()
  })
  after(() => {
    for (const lan of lans) lan.close()
  })

  async function answersOn(index: number): Promise<string[]> {
    const node = await nodes.node(nodeNames[index] ?? '')
    const answers = await ask(node, { address: everyone, port: 67 }, 3)
    return answers.map(({ text, from }) => `${text} from ${from.address}:${from.port}`)
  }

  test('the one that is served answers, although the default route is the other', async () => {
    await plain.answerBroadcasts(server, 'e1', '10.82.0.1')
    const answers = [0, 1, 2].map((round) => `e1 ${round} from 10.82.0.1:67`)
    assert.deepEqual(await answersOn(1), answers)
  })

  test('both can be served: the node hears the NIC that it can reach', async () => {
    await plain.answerBroadcasts(server, 'e0', '10.81.0.1')
    await plain.answerBroadcasts(server, 'e1', '10.82.0.1')
    for (const [index, address] of addresses.entries()) {
      const answers = [0, 1, 2].map((round) => `e${index} ${round} from ${address}:67`)
      assert.deepEqual(await answersOn(index), answers)
    }
  })
})
