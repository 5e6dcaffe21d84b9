import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveInterfaces, type Surroundings } from '../../src/config/interface-rules.ts'
import { readConfigText } from '../../src/config/load.ts'

const machine: Surroundings = {
  hostName: 'worker-1.example.com',
  nics: [
    { name: 'eth0', addresses: ['192.168.1.5'], defaultRoute: true },
    { name: 'eth1', addresses: ['10.20.0.5', '10.21.0.5'], defaultRoute: false },
  ],
}

const rows: readonly [
  name: string,
  configured: Parameters<typeof resolveInterfaces>[0],
  resolved: object[],
][] = [
  ['a plain name stays', [{ name: 'eth7' }], [{ name: 'eth7' }]],
  ['default-route is the NIC of the default route', [{ name: 'default-route' }], [{ name: 'eth0' }]],
  [
    'a network is the NIC that is in it, with that address',
    [{ name: '10.21.0.0/16' }],
    [{ name: 'eth1', address: '10.21.0.5' }],
  ],
  [
    'an address of one’s own wins over the rule’s',
    [{ name: '10.21.0.0/16', address: '10.20.0.5' }],
    [{ name: 'eth1', address: '10.20.0.5' }],
  ],
  ['a network that no NIC is in is waited for', [{ name: '172.16.0.0/12' }], [{ name: '172.16.0.0/12' }]],
  [
    'the host’s full name',
    [{ name: 'eth1', host: 'worker-1.example.com' }],
    [{ name: 'eth1', host: 'worker-1.example.com' }],
  ],
  [
    'the first part of the host’s name, in capitals',
    [{ name: 'eth1', host: 'WORKER-1' }],
    [{ name: 'eth1', host: 'WORKER-1' }],
  ],
  ['another host', [{ name: 'eth1', host: 'worker-10' }], []],
  ['another domain', [{ name: 'eth1', host: 'worker-1.example.org' }], []],
  ['two rules for one NIC give one', [{ name: 'eth0' }, { name: 'default-route' }], [{ name: 'eth0' }]],
]

for (const [name, configured, resolved] of rows)
  test(name, () => assert.deepEqual(resolveInterfaces(configured, machine), resolved))

test('a machine without a default route waits for one', () => {
  const nics = machine.nics.map((nic) => ({ ...nic, defaultRoute: false }))
  assert.deepEqual(resolveInterfaces([{ name: 'default-route' }], { ...machine, nics }), [
    { name: 'default-route' },
  ])
})

test('a short host name meets its full one', () => {
  const short = { ...machine, hostName: 'worker-1' }
  assert.equal(resolveInterfaces([{ name: 'eth1', host: 'worker-1.example.com' }], short).length, 1)
})

const read = (name: string) =>
  readConfigText(`interfaces: [{name: "${name}"}]\norchestrator: {fqdn: e.example.com}\n`, 'c')

for (const name of ['eth1', 'enp0s31f6', 'br-lan.100', '10.20.0.0/24', 'default-route', '0.0.0.0/0'])
  test(`the configuration takes ${name}`, () => assert.equal(read(name).config.interfaces[0]?.name, name))

for (const name of ['', 'sixteen-letters!', '10.20.0.0/33', '10.20.0/24', 'a b', 'a/b'])
  test(`the configuration refuses ${JSON.stringify(name)}`, () =>
    assert.throws(() => read(name), { code: 'CONFIG_INVALID' }))
