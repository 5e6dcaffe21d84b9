import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { Lan } from '../support/namespaces.ts'
import { missing } from '../support/needs.ts'
import { ask, everyone, Sockets } from './sockets.ts'

const serverAddress = '10.81.0.1'

describe('NICs made of other NICs', { skip: missing('namespaces') }, () => {
  let lan: Lan
  let sockets: Sockets
  let server = ''
  let node = ''
  beforeEach(() => {
    lan = new Lan()
    sockets = new Sockets()
    server = lan.addHost('srv')
    node = lan.addHost('node')
  })
  afterEach(() => {
    sockets.close()
    lan.close()
  })

  function link(namespace: string, ...words: string[]): void {
    lan.exec(namespace, ['ip', 'link', ...words])
  }

  async function boots(nic: string, nodeNic: string): Promise<void> {
    lan.exec(server, ['ip', 'address', 'add', `${serverAddress}/24`, 'broadcast', '+', 'dev', nic])
    await sockets.answerBroadcasts(server, nic, serverAddress)
    const options = { address: '0.0.0.0', port: 68, interface: nodeNic, broadcast: true }
    const answers = await ask(await sockets.open(node, options), { address: everyone, port: 67 }, 10)
    const from = { address: serverAddress, port: 67 }
    assert.deepEqual(
      answers,
      Array.from({ length: 10 }, (_, index) => ({ text: `${nic} ${index}`, from })),
    )
  }

  test('a VLAN interface answers in its VLAN', async (context) => {
    for (const namespace of [server, node]) {
      if (!hasDriver(() => link(namespace, 'add', 'link', 'e0', 'name', 'e0.10', 'type', 'vlan', 'id', '10')))
        return context.skip('this kernel has no VLAN driver (8021q)')
      link(namespace, 'set', 'e0.10', 'up')
    }
    await boots('e0.10', 'e0.10')
  })

  test('a bridge answers what comes in by its ports', async () => {
    link(server, 'add', 'br0', 'type', 'bridge')
    link(server, 'set', 'e0', 'master', 'br0')
    link(server, 'set', 'br0', 'up')
    await boots('br0', 'e0')
  })

  test('a macvlan interface answers beside its parent', async (context) => {
    const add = ['add', 'link', 'e0', 'name', 'mac0', 'type', 'macvlan', 'mode', 'bridge']
    if (!hasDriver(() => link(server, ...add))) return context.skip('this kernel has no macvlan driver')
    link(server, 'set', 'mac0', 'up')
    await boots('mac0', 'e0')
  })

  test('a bond answers what comes in by its members', async (context) => {
    if (!hasDriver(() => link(server, 'add', 'bond0', 'type', 'bond', 'mode', 'active-backup')))
      return context.skip('this kernel has no bonding driver')
    link(server, 'set', 'e0', 'down')
    link(server, 'set', 'e0', 'master', 'bond0')
    link(server, 'set', 'bond0', 'up')
    await boots('bond0', 'e0')
  })
})

/** Drivers come with the kernel: no package brings a missing one, so its test is left out by name. */
function hasDriver(add: () => void): boolean {
  try {
    add()
    return true
  } catch (error) {
    if (/Unknown device type/.test(String(error))) return false
    throw error
  }
}
