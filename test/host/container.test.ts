import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ContainerFacts,
  isOnBridgeNetwork,
  readContainerFacts,
  refuseBridgeNetwork,
} from '../../src/host/container.ts'

const bridged: ContainerFacts = {
  runtime: 'docker',
  nics: [{ name: 'eth0', addresses: ['172.17.0.2'], virtualCable: true }],
  hostName: '3f9c0a1b2c3d',
  hosts: '127.0.0.1\tlocalhost\n172.17.0.2\t3f9c0a1b2c3d\n',
}
const onHost: ContainerFacts = {
  runtime: 'docker',
  nics: [{ name: 'eno1', addresses: ['10.20.0.5'], virtualCable: false }],
  hostName: 'site-server',
  hosts: '127.0.0.1 localhost\n127.0.1.1 site-server\n',
}

const rows: readonly [name: string, facts: ContainerFacts, bridge: boolean][] = [
  ['Docker’s bridge', bridged, true],
  [
    'Docker’s bridge with a name of one’s own',
    { ...bridged, hostName: 'pxe', hosts: '172.17.0.2 pxe pxe\n' },
    true,
  ],
  ['Docker on the host’s network', onHost, false],
  [
    'the host’s network, where /etc/hosts names the host’s own address',
    { ...onHost, hosts: '10.20.0.5 site-server\n' },
    false,
  ],
  ['the host’s network with virtual cables alone, as in a lab', { ...onHost, nics: bridged.nics }, false],
  [
    'a macvlan network: broadcasts arrive',
    { ...bridged, nics: [{ ...bridged.nics[0], virtualCable: false }] as ContainerFacts['nics'] },
    false,
  ],
  ['no network at all', { ...bridged, nics: [] }, false],
  ['no container', { ...bridged, runtime: undefined }, false],
  [
    'a pod on the pod network',
    { ...bridged, runtime: 'kubernetes', hosts: '# Kubernetes-managed hosts file.\n127.0.0.1 localhost\n' },
    true,
  ],
  [
    'a pod on the host’s network',
    { ...bridged, runtime: 'kubernetes', hosts: '# Kubernetes-managed hosts file (host network).\n' },
    false,
  ],
]

for (const [name, facts, bridge] of rows)
  test(`${name}: ${bridge ? 'a bridge' : 'no bridge'}`, () => assert.equal(isOnBridgeNetwork(facts), bridge))

test('the refusal names the address seen and the flag', () => {
  assert.throws(() => refuseBridgeNetwork(bridged), {
    code: 'CONTAINER_ON_BRIDGE',
    message: /eth0 \(172\.17\.0\.2\)/,
    hint: /--network host/,
    exitCode: 4,
  })
})

test('NICs are told apart by their kind, and loopback is left out', () => {
  const nic = (name: string, kind: string) => ({ name, kind, addresses: [{ address: '10.0.0.1' }] })
  const facts = readContainerFacts([nic('lo', 'loopback'), nic('eth0', 'veth'), nic('eth1', 'macvlan')])
  assert.deepEqual(facts.nics, [
    { name: 'eth0', addresses: ['10.0.0.1'], virtualCable: true },
    { name: 'eth1', addresses: ['10.0.0.1'], virtualCable: false },
  ])
})
