import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, test } from 'node:test'
import { readSocketTable } from '../../src/host/socket-table.ts'
import type { DatagramOptions } from '../../src/net/datagram.ts'
import { inheritedDescriptors } from '../../src/net/inherited.ts'
import { KernelNetwork } from '../../src/net/kernel.ts'
import type { KernelSocket } from '../../src/net/kernel-socket.ts'
import { openDescriptor } from '../../src/net/libc/descriptor.ts'
import { loadLibc } from '../../src/net/libc/libc.ts'
import { receive } from './sockets.ts'

describe('what the environment hands over', () => {
  const rows: readonly [name: string, environment: Record<string, string>, expected: [string, number][]][] = [
    ['nothing', {}, []],
    [
      'two, by name',
      { LISTEN_PID: '7', LISTEN_FDS: '2', LISTEN_FDNAMES: 'tftp-eth1:dhcp-eth1' },
      [
        ['tftp-eth1', 3],
        ['dhcp-eth1', 4],
      ],
    ],
    ['one without names', { LISTEN_PID: '7', LISTEN_FDS: '1' }, [['unnamed-3', 3]]],
    ['a name twice: the first', { LISTEN_PID: '7', LISTEN_FDS: '2', LISTEN_FDNAMES: 'a:a' }, [['a', 3]]],
    ['meant for another process', { LISTEN_PID: '8', LISTEN_FDS: '1', LISTEN_FDNAMES: 'a' }, []],
    ['no number', { LISTEN_PID: '7', LISTEN_FDS: 'many' }, []],
    ['an absurd number', { LISTEN_PID: '7', LISTEN_FDS: '100000' }, []],
  ]
  for (const [name, environment, expected] of rows)
    test(name, () => {
      const found = inheritedDescriptors(environment, 7)
      assert.deepEqual([...found].sort(), expected.sort())
    })
})

const libc = loadLibc()
const name = 'tftp-lo'

describe('an inherited descriptor', { skip: libc === undefined && 'needs node:ffi to make one' }, () => {
  const sockets: KernelSocket[] = []
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.close()
  })

  /** A network that was handed one descriptor, as systemd would have opened it. */
  function handOver({ address = '127.0.0.1', device }: { address?: string; device?: string } = {}) {
    assert.ok(libc)
    const common = { port: 0, broadcast: true, receiveBufferBytes: undefined, shared: false }
    const descriptor = openDescriptor(libc, { ...common, address, device })
    const inode = /\d+/.exec(readlinkSync(`/proc/self/fd/${descriptor}`))?.[0]
    const port = readSocketTable('udp').find((socket) => socket.inode === inode)?.port ?? 0
    const inherited = new Map([[name, descriptor]])
    return { port, descriptor, inherited, network: new KernelNetwork({ inherited }) }
  }

  async function open(network: KernelNetwork, options: DatagramOptions): Promise<KernelSocket> {
    const socket = await network.open({ interface: 'lo', inheritedName: name, ...options })
    sockets.push(socket)
    return socket
  }

  async function isHeardBy(socket: KernelSocket, text: string): Promise<void> {
    const arrival = receive(socket, 1)
    const sender = await open(new KernelNetwork(), { address: '127.0.0.1', port: 0 })
    sender.send(Buffer.from(text), { address: '127.0.0.1', port: socket.local.port })
    assert.deepEqual(await arrival, [{ text, from: sender.local }])
  }

  test('serves, and after closing can be taken again', async () => {
    const { port, network } = handOver()
    const first = await open(network, { address: '127.0.0.1', port })
    await isHeardBy(first, 'first')
    first.close()
    const second = await open(network, { address: '127.0.0.1', port })
    await isHeardBy(second, 'second')
  })

  test('serves a Node that cannot call the C library', async () => {
    const { port, inherited } = handOver()
    const network = new KernelNetwork({ libc: 'none', inherited })
    await isHeardBy(await open(network, { address: '127.0.0.1', port }), 'request')
  })

  test('on every address serves whatever address the NIC has', async () => {
    const { port, network } = handOver({ address: '0.0.0.0', device: 'lo' })
    const socket = await open(network, { address: '127.0.0.2', port })
    const node = await open(new KernelNetwork(), { address: '127.0.0.1', port: 0 })
    const arrival = receive(node, 1)
    socket.send(Buffer.from('answer'), node.local)
    assert.deepEqual(await arrival, [{ text: 'answer', from: { address: '127.0.0.2', port } }])
  })

  test('on another address is left alone, and one of our own is opened', async () => {
    const { port, network } = handOver()
    const socket = await open(network, { address: '127.0.0.2', port })
    assert.equal(socket.local.address, '127.0.0.2')
  })

  test('for broadcasts is left alone unless it is bound to the NIC', async () => {
    const { port, network } = handOver({ address: '255.255.255.255' })
    const socket = await open(network, { address: '255.255.255.255', port })
    assert.equal(socket.sharesPort, true, 'a second socket beside the one that hears every NIC')
  })

  test('that does not fit is named where no other may be opened', async () => {
    assert.ok(libc)
    const mayNotBind = { ...libc, bind: Object.assign(() => -1, { pointer: 0n }), lastError: () => 'EACCES' }
    const { port, inherited } = handOver()
    await assert.rejects(
      open(new KernelNetwork({ libc: mayNotBind, inherited }), { address: '127.0.0.1', port: 69 }),
      {
        code: 'DESCRIPTOR_UNFIT',
        message: `the inherited socket ${name} is on 127.0.0.1:${port}, but 127.0.0.1:69 is wanted`,
      },
    )
  })

  test('reaches a program that the service manager starts, which ends when it has closed it', async () => {
    const { port, descriptor } = handOver()
    const service = startService(descriptor, port)
    const node = await open(new KernelNetwork(), { address: '127.0.0.1', port: 0 })
    const arrival = receive(node, 1)
    node.send(Buffer.from('request'), { address: '127.0.0.1', port })
    assert.deepEqual(await arrival, [{ text: 'answer to request', from: { address: '127.0.0.1', port } }])
    const [exitCode] = await once(service, 'exit')
    assert.equal(exitCode, 0)
  })
})

/** The shell writes its own number into LISTEN_PID and becomes the program. */
function startService(descriptor: number, port: number): ChildProcess {
  const program = `exec "${process.execPath}" --disable-warning=ExperimentalWarning "$0" ${port}`
  const handing = `export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=${name}`
  const file = join(import.meta.dirname, 'inherited-service.ts')
  return spawn('sh', ['-c', `${handing}; ${program}`, file], {
    stdio: ['ignore', 'inherit', 'inherit', descriptor],
  })
}
