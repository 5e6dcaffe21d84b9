import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { choosePlace } from '../../src/probe/place.ts'
import { nic } from '../wizard/support/table.ts'

const loopback = nic('lo', { kind: 'loopback', addresses: [{ address: '127.0.0.1', prefixLength: 8 }] })
const works = nic('eth1')
const wayOut = nic('eth0', { hasDefaultRoute: true, addresses: [{ address: '192.0.2.2', prefixLength: 24 }] })
const bare = nic('eth2', { addresses: [] })
const off = nic('eth3', { up: false, running: false })
const unplugged = nic('eth4', { running: false })
const port = nic('eth5', { master: 'br0', addresses: [] })
const all = [bare, loopback, off, port, unplugged, works, wayOut]

describe('where probe asks', () => {
  for (const [name, nics, named, configured, expected] of [
    ['the named one', all, 'eth1', ['eth0'], 'eth1'],
    ['loopback, when it is named', all, 'lo', [], 'lo'],
    ['the configured one', all, undefined, ['eth1'], 'eth1'],
    ['the first configured one that works', all, undefined, ['eth4', 'eth1'], 'eth1'],
    ['a configuration of another machine: the way out', all, undefined, ['ens7'], 'eth0'],
    ['nothing said: the way out', all, undefined, [], 'eth0'],
    ['no way out: the first that works', [bare, loopback, works], undefined, [], 'eth1'],
  ] as const)
    test(name, () => assert.equal(choosePlace(nics, named, configured).interface, expected))
})

describe('where it cannot', () => {
  for (const [name, nics, named, configured, code, message, hint] of [
    ['no such NIC', [works], 'ens7', [], 'INTERFACE_MISSING', /no ens7 here. This machine has eth1/, /ip/],
    ['no address', all, 'eth2', [], 'INTERFACE_UNUSABLE', /eth2 has no IPv4/, /address add .* dev eth2/],
    ['switched off', all, 'eth3', [], 'INTERFACE_UNUSABLE', /eth3 is switched off/, /^ip link set eth3 up$/],
    ['no link', all, 'eth4', [], 'INTERFACE_UNUSABLE', /eth4 has no link/, /link show eth4/],
    ['a port of a bridge', all, 'eth5', [], 'INTERFACE_UNUSABLE', /port of br0/, /--interface br0$/],
    ['the configured one is off', all, undefined, ['eth3'], 'INTERFACE_UNUSABLE', /eth3 is sw/, /eth3 up/],
    ['none works', [bare, loopback, off], undefined, [], 'INTERFACE_UNUSABLE', /eth2 has no.*; eth3/, /^ip/],
    ['none at all', [loopback], undefined, [], 'INTERFACE_UNUSABLE', /no NIC/, /ip -brief/],
  ] as const)
    test(name, () => {
      assert.throws(() => choosePlace(nics, named, configured), { code, message, hint })
    })
})
