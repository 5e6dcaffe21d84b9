import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { EmbeddedOrchestrator } from '../../src/demo/orchestrator.ts'
import { makeIdentity } from '../../src/demo/orchestrator-certificates.ts'
import { type OrchestratorSettings, openOrchestrator } from '../../src/orchestrator/open.ts'
import type { Destination } from '../../src/orchestrator/proxy.ts'
import { discard, readText } from '../../src/orchestrator/response.ts'
import { endpointUrl } from '../../src/orchestrator/urls.ts'
import { assertFails } from './support/failing.ts'
import { connectProxy, type TestServer, tlsServer } from './support/servers.ts'

const script = '#!ipxe\nshell\n'
let orchestrator: EmbeddedOrchestrator
let directory: string
let caFile: string
let ingress: TestServer

before(async () => {
  orchestrator = await EmbeddedOrchestrator.start({ files: { 'boot.ipxe': Buffer.from(script) } })
  directory = await mkdtemp(join(tmpdir(), 'emf-pxe-open-'))
  caFile = join(directory, 'ca.pem')
  await writeFile(caFile, orchestrator.authority.certificatePem)
  ingress = await tlsServer(await makeIdentity({ commonName: 'INGRESS DEFAULT CERT' }))
})
beforeEach(() => orchestrator.faults.clear())
after(async () => {
  await Promise.all([orchestrator.close(), ingress.close()])
  await rm(directory, { recursive: true })
})

function open(
  settings: OrchestratorSettings,
  connectTo: (at: Destination) => Destination | undefined = orchestrator.connectTo,
) {
  return openOrchestrator(settings, { ...orchestrator.network, connectTo, timeoutMs: 3000 })
}

test('with the CA file: boot files and services, each by its own trust', async () => {
  const opened = await open({ fqdn: orchestrator.fqdn, caFile })
  assert.equal(opened.trust.rung, 'rootDomain')
  const boot = await opened.provisioning.get(endpointUrl(opened.endpoint, 'script'))
  assert.equal(await readText(boot), script)
  const info = await opened.services.get(`https://api.${orchestrator.fqdn}/v1/orchestrator`)
  assert.equal(info.status, 401)
  await assertFails(opened.services.get(endpointUrl(opened.endpoint, 'script')), {
    code: 'CERTIFICATE_UNTRUSTED',
    exitCode: 6,
    message: /self-signed/,
  })
})

test('the proxy of the configuration is taken, whatever the environment says', async (t) => {
  const proxy = await connectProxy(
    () => 200,
    () => orchestrator.port,
  )
  t.after(() => proxy.close())
  const settings = { fqdn: orchestrator.fqdn, caFile, proxy: `http://127.0.0.1:${proxy.port}` }
  const environment = { NO_PROXY: '*', HTTPS_PROXY: 'http://127.0.0.1:1' }
  const opened = await openOrchestrator(settings, { environment, timeoutMs: 3000 })
  discard(await opened.provisioning.get(endpointUrl(opened.endpoint, 'script')))
  discard(await opened.services.get(`https://api.${orchestrator.fqdn}/v1/orchestrator`))
  const through = (host: string) => proxy.seen.some(({ target }) => target === `${host}:443`)
  assert.ok(through(orchestrator.provisioningHost) && through(`api.${orchestrator.fqdn}`), 'both clients')
})

test('with the fingerprint', async () => {
  const opened = await open({ fqdn: orchestrator.fqdn, trustFingerprint: orchestrator.endpoint.sha256 })
  assert.equal(opened.attempt.outcome, 'ready')
  assert.equal(opened.trust.rung, 'pinned')
})

test('with an explicit address, while the root domain still vouches for it', async () => {
  const artifactUrl = `https://${orchestrator.provisioningHost}/tink-stack/boot.ipxe`
  const opened = await open({ fqdn: orchestrator.fqdn, artifactUrl, caFile })
  assert.equal(opened.trust.rung, 'rootDomain')
  assert.equal(opened.endpoint.artifactUrl, artifactUrl)
})

test('an ingress with a certificate for another name on 443 does not hide 9443', async () => {
  const connectTo = (at: Destination) =>
    at.port === 443 && at.host === orchestrator.provisioningHost
      ? { host: '127.0.0.1', port: ingress.port }
      : orchestrator.connectTo(at)
  const opened = await open({ fqdn: orchestrator.fqdn, caFile }, connectTo)
  assert.equal(opened.endpoint.destination.port, 9443)
})

test('a renewed certificate and an old fingerprint', () =>
  assertFails(open({ fqdn: orchestrator.fqdn, caFile, trustFingerprint: 'ab'.repeat(32) }), {
    code: 'CERTIFICATE_CHANGED',
    exitCode: 6,
    message: /it was renewed/,
    hint: /^--trust-fingerprint [0-9a-f]{64} /,
  }))

test('a domain that does not exist', () =>
  assertFails(open({ fqdn: 'nowhere.test' }), {
    code: 'ENDPOINT_NOT_FOUND',
    exitCode: 6,
    message: /DNS knows no such name/,
  }))
