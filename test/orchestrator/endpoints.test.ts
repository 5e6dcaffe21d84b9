import assert from 'node:assert/strict'
import { after, before, beforeEach, suite, test } from 'node:test'
import { EmbeddedOrchestrator } from '../../src/demo/orchestrator.ts'
import { describeAttempts, findEndpoint, requireEndpoint } from '../../src/orchestrator/endpoints.ts'
import type { Destination } from '../../src/orchestrator/proxy.ts'
import type { ConnectOptions } from '../../src/orchestrator/step.ts'
import { endpointUrl, explicitEndpoint, provisioningEndpoint } from '../../src/orchestrator/urls.ts'
import { assertFails } from './support/failing.ts'
import { type TestServer, tcpServer } from './support/servers.ts'

const files = { 'boot.ipxe': Buffer.from('#!ipxe\nshell\n'), 'signed_ipxe.efi': Buffer.from('MZ') }
let newer: EmbeddedOrchestrator
let older: EmbeddedOrchestrator
let closed: TestServer

before(async () => {
  newer = await EmbeddedOrchestrator.start({ files })
  older = await EmbeddedOrchestrator.start({ files, release: '2025.2' })
  closed = await tcpServer(() => undefined)
  await closed.close()
})
beforeEach(() => newer.faults.clear())
after(() => Promise.all([newer.close(), older.close()]))

function trusting(orchestrator: EmbeddedOrchestrator, connectTo = orchestrator.connectTo): ConnectOptions {
  return {
    trust: { extraAuthorities: [orchestrator.endpoint.certificatePem] },
    ...orchestrator.network,
    connectTo,
    timeoutMs: 3000,
  }
}

/** Sends one port of the orchestrator elsewhere. */
function withPort(port: number, elsewhere: number): (at: Destination) => Destination | undefined {
  return (at) => (at.port === port ? { host: '127.0.0.1', port: elsewhere } : newer.connectTo(at))
}

suite('finding the endpoint', () => {
  test('2026.0: tinkerbell-haproxy on 443', async () => {
    const { chosen, attempts } = await findEndpoint({ fqdn: newer.fqdn }, trusting(newer))
    assert.equal(chosen?.endpoint.base, 'https://tinkerbell-haproxy.edge.demo.test/tink-stack/')
    assert.equal(chosen.outcome, 'ready')
    assert.equal(chosen.peer?.leaf.sha256, newer.endpoint.sha256)
    assert.deepEqual(
      attempts.map(({ endpoint, outcome }) => [
        endpoint.destination.host,
        endpoint.destination.port,
        outcome,
      ]),
      [
        ['tinkerbell-haproxy.edge.demo.test', 443, 'ready'],
        ['tinkerbell-nginx.edge.demo.test', 443, 'failed'],
      ],
    )
  })

  test('2025.2: tinkerbell-nginx', async () => {
    const { chosen } = await findEndpoint({ fqdn: older.fqdn }, trusting(older))
    assert.equal(chosen?.endpoint.destination.host, 'tinkerbell-nginx.edge.demo.test')
  })

  test('one address for everything: port 9443', async () => {
    const connectTo = withPort(443, closed.port)
    const { chosen } = await findEndpoint({ fqdn: newer.fqdn }, trusting(newer, connectTo))
    assert.equal(chosen?.endpoint.base, 'https://tinkerbell-haproxy.edge.demo.test:9443/tink-stack/')
  })

  test('an unknown certificate is reachable, but untrusted', async () => {
    const options = { ...trusting(newer), trust: { extraAuthorities: [] } }
    const requestsBefore = newer.requests.length
    const { chosen } = await findEndpoint({ fqdn: newer.fqdn }, options)
    assert.equal(chosen?.outcome, 'untrusted')
    assert.equal(chosen.error?.code, 'CERTIFICATE_UNTRUSTED')
    assert.equal(chosen.peer?.leaf.sha256, newer.endpoint.sha256)
    assert.equal(newer.requests.length, requestsBefore, 'nothing was sent to a stranger')
  })

  test('trusted, but still without boot.ipxe', async () => {
    newer.setFault('/tink-stack/boot.ipxe', { kind: 'status', status: 404 })
    const { chosen } = await findEndpoint({ fqdn: newer.fqdn }, trusting(newer))
    assert.equal(chosen?.outcome, 'answering')
    assert.equal(chosen.error?.code, 'HTTP_NOT_FOUND')
    assert.equal(chosen.endpoint.destination.port, 443)
  })

  test('boot.ipxe that is no script', async () => {
    newer.setFault('/tink-stack/boot.ipxe', { kind: 'status', status: 200, body: 'welcome\u001b[2J' })
    const { chosen } = await findEndpoint({ fqdn: newer.fqdn }, trusting(newer))
    assert.match(chosen?.error?.message ?? '', /begins with “welcome\\x1b\[2J”, wanted #!ipxe/)
  })

  test('an explicit address is the only candidate and needs no boot.ipxe', async () => {
    newer.setFault('/tink-stack/boot.ipxe', { kind: 'status', status: 404 })
    const artifactUrl = `https://${newer.provisioningHost}:8443/tink-stack/signed_ipxe.efi`
    const { chosen, attempts } = await findEndpoint({ artifactUrl }, trusting(newer))
    assert.equal(chosen?.outcome, 'ready')
    assert.equal(chosen.endpoint.artifactUrl, artifactUrl)
    assert.equal(attempts.length, 1)
  })
})

suite('finding none', () => {
  test('the screen says how far each candidate came', async () => {
    const options = trusting(newer, withPort(443, closed.port))
    const { attempts } = await findEndpoint(
      { fqdn: newer.fqdn },
      {
        ...options,
        connectTo: (at) => (newer.connectTo(at) ? { host: '127.0.0.1', port: closed.port } : undefined),
      },
    )
    assert.deepEqual(describeAttempts(attempts), [
      'tinkerbell-haproxy.edge.demo.test:443   the machine is there, but nothing listens on this port',
      'tinkerbell-haproxy.edge.demo.test:9443  the machine is there, but nothing listens on this port',
      'tinkerbell-nginx.edge.demo.test:443     DNS knows no such name',
    ])
  })

  test('names that DNS does not know are not asked on a second port', async () => {
    await assertFails(requireEndpoint({ fqdn: 'elsewhere.test' }, trusting(newer)), {
      code: 'ENDPOINT_NOT_FOUND',
      exitCode: 6,
      message:
        /^none of these is a provisioning endpoint:\n {2}tinkerbell-haproxy\.elsewhere\.test:443 {2}DNS knows no such name\n {2}tinkerbell-nginx\.elsewhere\.test:443 {4}DNS knows no such name$/,
      hint: /resolv\.conf[\s\S]*--artifact-url/,
    })
  })

  test('an explicit address fails with its own error', () =>
    assertFails(requireEndpoint({ artifactUrl: 'https://nowhere.test/ipxe.efi' }, trusting(newer)), {
      code: 'NAME_NOT_FOUND',
      exitCode: 6,
      message: /^nowhere\.test:443: DNS knows no such name$/,
    }))

  test('an explicit address must be https', () =>
    assertFails(requireEndpoint({ artifactUrl: 'ftp://nowhere.test/ipxe.efi' }, trusting(newer)), {
      code: 'USAGE',
      exitCode: 2,
      message: /not an https URL/,
    }))
})

suite('addresses', () => {
  test('beside the boot file', () => {
    const endpoint = provisioningEndpoint('tinkerbell-haproxy', 'edge.test', 9443)
    const base = 'https://tinkerbell-haproxy.edge.test:9443/tink-stack'
    assert.equal(endpointUrl(endpoint, 'artifact'), `${base}/signed_ipxe.efi`)
    assert.equal(endpointUrl(endpoint, 'script'), `${base}/boot.ipxe`)
    assert.equal(endpointUrl(endpoint, 'kernel'), `${base}/vmlinuz-x86_64`)
    assert.equal(endpointUrl(endpoint, 'initramfs'), `${base}/initramfs-x86_64`)
    assert.equal(endpointUrl(endpoint, 'certificate'), `${base}/keys/Full_server.crt`)
    assert.equal(endpointUrl(endpoint, 'secureBootCertificate'), `${base}/keys/db.der`)
  })

  test('beside an explicit address', () => {
    const endpoint = explicitEndpoint('https://[2001:db8::1]:8443/boot/ipxe.efi?v=2')
    assert.deepEqual(endpoint.destination, { host: '2001:db8::1', port: 8443 })
    assert.equal(endpointUrl(endpoint, 'artifact'), 'https://[2001:db8::1]:8443/boot/ipxe.efi?v=2')
    assert.equal(endpointUrl(endpoint, 'script'), 'https://[2001:db8::1]:8443/boot/boot.ipxe')
  })
})
