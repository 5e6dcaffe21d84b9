import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConfigInput } from '../../src/config/schema.ts'
import { droppedSettings, initCommand, refuseDropping } from '../../src/deploy/settings.ts'
import { sampleValues } from './support.ts'

const next = sampleValues.config

const rows: readonly [name: string, present: unknown, dropped: string[]][] = [
  ['nothing written before', undefined, []],
  ['the same', next, []],
  ['another value is a change, not a loss', { orchestrator: { fqdn: 'other.example.com' } }, []],
  ['a second interface', { interfaces: [{ name: 'eth1' }, { name: 'eth2' }] }, ['interfaces: eth2']],
  [
    'an interface that keeps its name but had an address',
    { interfaces: [{ name: 'eth1', address: '10.0.0.1' }] },
    [],
  ],
  ['a switch', { relay: true }, ['relay: true']],
  ['a nested field', { orchestrator: { caFile: '/etc/ca.pem' } }, ['orchestrator.caFile: /etc/ca.pem']],
  ['entries of a list', { allow: { macs: ['52:54:00:00:00:01'] } }, ['allow.macs: 52:54:00:00:00:01']],
  ['an empty list is nothing', { allow: { macs: [] } }, []],
  ['the version of the format is nobody’s setting', { version: 1 }, []],
  ['null is nothing', { tftp: null }, []],
]

for (const [name, present, dropped] of rows)
  test(`dropped: ${name}`, () =>
    assert.deepEqual(
      droppedSettings(present, next).map(({ field, value }) => `${field}: ${value}`),
      dropped,
    ))

test('the refusal prints the whole command that keeps everything', () => {
  const present = {
    interfaces: [{ name: 'eth1' }, { name: 'eth2' }],
    orchestrator: { fqdn: 'edge.example.com', caFile: '/etc/my ca.pem' },
  }
  assert.throws(() => refuseDropping(present, 'systemd', sampleValues), {
    code: 'DEPLOY_WOULD_DROP',
    message: /interfaces: eth2\n {2}orchestrator\.caFile: \/etc\/my ca\.pem/,
    hint: /^emf-pxe init --interface eth1 --interface eth2 --orchestrator edge\.example\.com --ca-file '\/etc\/my ca\.pem' --target systemd --yes\n/,
  })
})

test('the command has what differs from the defaults, and no more', () => {
  const config: ConfigInput = {
    interfaces: [{ name: 'eth1' }],
    orchestrator: { artifactUrl: 'https://a/b?c=d&e' },
  }
  const paths = { ...sampleValues.paths, stateDirectory: '/var/lib/pxe' }
  assert.equal(
    initCommand('docker', { ...sampleValues, config, paths }),
    "emf-pxe init --interface eth1 --artifact-url 'https://a/b?c=d&e' --target docker --state-dir /var/lib/pxe --yes",
  )
})
