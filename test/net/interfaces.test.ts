import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { interfaceKind } from '../../src/net/interface-kind.ts'
import { type NetworkInterface, readInterfaces } from '../../src/net/interfaces.ts'
import type { InterfaceState } from '../../src/net/watch.ts'
import { Lan } from '../support/namespaces.ts'
import { missing } from '../support/needs.ts'

test('loopback is there on every machine', () => {
  const loopback = readInterfaces().find(({ name }) => name === 'lo')
  assert.equal(loopback?.kind, 'loopback')
  assert.equal(loopback?.mac, undefined)
  assert.deepEqual(loopback?.addresses[0], { address: '127.0.0.1', prefixLength: 8 })
})

describe('what a NIC is, by its files below /sys/class/net', () => {
  const rows: readonly [kind: string, name: string, files: Record<string, string>][] = [
    ['physical', 'eth0', { type: '1', uevent: 'INTERFACE=eth0', 'device/vendor': '0x8086' }],
    ['wireless', 'wlan0', { type: '1', uevent: 'DEVTYPE=wlan\nINTERFACE=wlan0', 'device/vendor': '0x8086' }],
    ['vlan', 'eth0.10', { type: '1', uevent: 'DEVTYPE=vlan\nINTERFACE=eth0.10' }],
    ['bridge', 'br0', { type: '1', uevent: 'DEVTYPE=bridge', 'bridge/bridge_id': '8000.0' }],
    ['docker', 'docker0', { type: '1', uevent: 'DEVTYPE=bridge', 'bridge/bridge_id': '8000.0' }],
    ['docker', 'br-0123456789ab', { type: '1', 'bridge/bridge_id': '8000.0' }],
    ['bond', 'bond0', { type: '1', uevent: 'DEVTYPE=bond' }],
    ['tunnel', 'tap0', { type: '1', tun_flags: '0x1002' }],
    ['tunnel', 'wg0', { type: '65534', uevent: 'DEVTYPE=wireguard' }],
    ['veth', 'eth0', { type: '1', uevent: 'INTERFACE=eth0', ifindex: '5', iflink: '6' }],
    ['virtual', 'dummy0', { type: '1', ifindex: '5', iflink: '5' }],
    ['loopback', 'lo', { type: '772' }],
  ]
  for (const [kind, name, files] of rows)
    test(`${name} with ${Object.keys(files).join(', ')} is ${kind}`, () => {
      const root = mkdtempSync(join(tmpdir(), 'emf-pxe-nic-'))
      try {
        for (const [file, text] of Object.entries(files)) {
          mkdirSync(dirname(join(root, file)), { recursive: true })
          writeFileSync(join(root, file), `${text}\n`)
        }
        assert.equal(interfaceKind(root, name), kind)
      } finally {
        rmSync(root, { recursive: true })
      }
    })
})

describe('NICs of a namespace', { skip: missing('namespaces') }, () => {
  let lan: Lan
  let host = ''
  let look: () => Promise<{ all: NetworkInterface[]; states: InterfaceState[] }>

  before(() => {
    lan = new Lan()
    host = lan.addHost('host', '10.81.0.1/24')
    const program = [process.execPath, '--disable-warning=ExperimentalWarning']
    const reader = lan.spawn(host, [...program, join(import.meta.dirname, 'interface-reader.ts'), 'e0', 'e1'])
    assert.ok(reader.stdout && reader.stdin)
    const lines = createInterface({ input: reader.stdout })
    look = async () => {
      const line = once(lines, 'line')
      reader.stdin?.write('look\n')
      const [text] = await line
      return JSON.parse(text)
    }
  })
  after(() => lan.close())

  function ip(...words: string[]): void {
    lan.exec(host, ['ip', ...words])
  }

  test('are described', async () => {
    ip('route', 'add', 'default', 'via', '10.81.0.254')
    const { all } = await look()
    const nic = all.find(({ name }) => name === 'e0')
    assert.equal(nic?.kind, 'veth')
    assert.equal(nic?.hasDefaultRoute, true)
    assert.deepEqual(nic?.addresses, [{ address: '10.81.0.1', prefixLength: 24 }])
    assert.match(nic?.mac ?? '', /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/)
    assert.equal(nic?.mtuBytes, 1500)
  })

  test('are told apart when they cannot serve', async () => {
    const steps: readonly [words: string, problem: string | undefined, addresses: string[]][] = [
      ['address add 10.82.0.1/16 dev e0', undefined, ['10.81.0.1', '10.82.0.1']],
      ['address del 10.81.0.1/24 dev e0', undefined, ['10.82.0.1']],
      ['link set e0 down', 'down', ['10.82.0.1']],
      ['address flush dev e0', 'down', []],
    ]
    for (const [words, problem, addresses] of steps) {
      ip(...words.split(' '))
      const [state] = (await look()).states
      assert.deepEqual([words, state?.problem, state?.addresses], [words, problem, addresses])
    }
  })

  test('a NIC that is made anew has another number', async () => {
    const [, before] = (await look()).states
    assert.deepEqual([before?.index, before?.problem], [undefined, 'missing'])
    lan.plug(host, 'e1', '10.83.0.1/24')
    const [, first] = (await look()).states
    ip('link', 'del', 'e1')
    lan.plug(host, 'e1', '10.83.0.1/24')
    const [, second] = (await look()).states
    assert.deepEqual(first?.addresses, second?.addresses)
    assert.notEqual(first?.index, second?.index)
  })

  test('a macvlan interface is no veth', async (context) => {
    try {
      ip('link', 'add', 'link', 'e1', 'name', 'mac0', 'type', 'macvlan', 'mode', 'bridge')
    } catch {
      return context.skip('this kernel has no macvlan driver')
    }
    const { all } = await look()
    assert.equal(all.find(({ name }) => name === 'mac0')?.kind, 'macvlan')
    assert.equal(all.find(({ name }) => name === 'e1')?.kind, 'veth')
  })

  test('a port of a bridge names it', async () => {
    ip('link', 'add', 'br7', 'type', 'bridge')
    ip('link', 'set', 'e0', 'master', 'br7')
    const { all } = await look()
    assert.equal(all.find(({ name }) => name === 'e0')?.master, 'br7')
    assert.equal(all.find(({ name }) => name === 'br7')?.kind, 'bridge')
  })
})
