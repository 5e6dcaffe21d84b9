import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfigText } from '../../src/config/load.ts'
import type { NetworkInterface } from '../../src/net/interfaces.ts'
import { configHere, waitsForInterface } from '../../src/service/config-here.ts'

const nic = (name: string, address: string, hasDefaultRoute: boolean): NetworkInterface => ({
  name,
  index: 2,
  kind: 'physical',
  up: true,
  running: true,
  addresses: [{ address, prefixLength: 24 }],
  mac: undefined,
  mtuBytes: 1500,
  speedMbps: undefined,
  master: undefined,
  hasDefaultRoute,
})
const nics = [nic('eth0', '192.168.1.5', true), nic('eth1', '10.20.0.5', false)]
const read = (interfaces: string) =>
  readConfigText(`interfaces: ${interfaces}\norchestrator: {fqdn: edge.example.com}\n`, 'config.yaml').config

test('rules stand as the NICs that they mean here', () => {
  const config = configHere(read('[{name: default-route}, {name: 10.20.0.0/24}]'), 'a', nics)
  assert.deepEqual(config.interfaces, [{ name: 'eth0' }, { name: 'eth1', address: '10.20.0.5' }])
  assert.equal(waitsForInterface(config), false)
})

test('one configuration for two machines, with the same name for different NICs', () => {
  const config = read('[{name: eth1, host: a}, {name: eth1, host: b}]')
  assert.deepEqual(configHere(config, 'b', nics).interfaces, [{ name: 'eth1', host: 'b' }])
})

test('a machine that no entry is for is told so', () => {
  assert.throws(() => configHere(read('[{name: eth1, host: a}]'), 'c', nics), {
    code: 'CONFIG_INVALID',
    message: /this machine, c: the entries are for a/,
  })
})

test('a rule that fits nothing yet is waited for', () => {
  assert.equal(waitsForInterface(configHere(read('[{name: 172.16.0.0/12}]'), 'a', nics)), true)
})
