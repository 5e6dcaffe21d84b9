import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { after, before, test } from 'node:test'
import { EmbeddedOrchestrator } from '../../src/demo/orchestrator.ts'
import { createHttpClient } from '../../src/orchestrator/http.ts'
import { readBytes, readText } from '../../src/orchestrator/response.ts'

let orchestrator: EmbeddedOrchestrator

before(async () => {
  orchestrator = await EmbeddedOrchestrator.start({
    fqdn: 'edge.lab.test',
    files: {
      'boot.ipxe': Buffer.from('#!ipxe\n'),
      'signed_ipxe.efi': (endpoint) => Buffer.from(`MZ trusts ${endpoint.sha256}`),
    },
  })
})
after(() => orchestrator.close())

function client(...authorities: string[]) {
  return createHttpClient({ trust: { extraAuthorities: authorities }, connectTo: orchestrator.connectTo })
}

const fromEndpoint = (name: string) =>
  client(orchestrator.endpoint.certificatePem)
    .get(`https://${orchestrator.provisioningHost}/tink-stack/${name}`)
    .then((response) => readText(response))

test('the endpoint is self-signed, its own authority, and for its name', () => {
  const certificate = new X509Certificate(orchestrator.endpoint.certificatePem)
  assert.equal(certificate.subject, 'CN=tinkerbell-haproxy.edge.lab.test')
  assert.equal(certificate.issuer, certificate.subject)
  assert.equal(certificate.ca, true)
  assert.equal(certificate.checkHost('tinkerbell-haproxy.edge.lab.test'), 'tinkerbell-haproxy.edge.lab.test')
})

test('the root domain, under its own authority, serves a copy of that certificate', async () => {
  const response = await client(orchestrator.authority.certificatePem).get(
    'https://edge.lab.test/boots/ca.crt',
  )
  assert.equal(await readText(response), orchestrator.endpoint.certificatePem)
  assert.equal(await fromEndpoint('keys/Full_server.crt'), orchestrator.endpoint.certificatePem)
})

test('renewal changes certificate, copies and files made from it', async () => {
  const before = orchestrator.endpoint.sha256
  await orchestrator.rotateCertificate()
  assert.notEqual(orchestrator.endpoint.sha256, before)
  assert.equal(await fromEndpoint('signed_ipxe.efi'), `MZ trusts ${orchestrator.endpoint.sha256}`)
})

test('renewal can leave the old boot file behind', async () => {
  const before = orchestrator.endpoint.sha256
  await orchestrator.rotateCertificate({}, { keepFiles: true })
  assert.equal(await fromEndpoint('signed_ipxe.efi'), `MZ trusts ${before}`)
  assert.equal(await fromEndpoint('keys/Full_server.crt'), orchestrator.endpoint.certificatePem)
})

test('files can be replaced and taken away, and requests are logged', async () => {
  orchestrator.setFile('boot.ipxe', Buffer.from('#!ipxe\nshell\n'))
  assert.equal(await fromEndpoint('boot.ipxe'), '#!ipxe\nshell\n')
  orchestrator.setFile('boot.ipxe', undefined)
  assert.equal(await fromEndpoint('boot.ipxe'), 'not found\n')
  const last = orchestrator.requests.slice(-2).map(({ host, path, status }) => `${status} ${host}${path}`)
  assert.deepEqual(last, [
    '200 tinkerbell-haproxy.edge.lab.test/tink-stack/boot.ipxe',
    '404 tinkerbell-haproxy.edge.lab.test/tink-stack/boot.ipxe',
  ])
})

test('a name that it does not have', async () => {
  await assert.rejects(orchestrator.lookup('tinkerbell-nginx.edge.lab.test'), { code: 'ENOTFOUND' })
  assert.equal(orchestrator.connectTo({ host: 'other.test', port: 443 }), undefined)
})

test('it closes while answers are still on their way', async () => {
  const other = await EmbeddedOrchestrator.start({ files: { 'boot.ipxe': Buffer.alloc(100_000) } })
  other.setFault('/tink-stack/boot.ipxe', { kind: 'stall', atPart: 0.5 })
  const options = { trust: { extraAuthorities: [other.endpoint.certificatePem] }, connectTo: other.connectTo }
  const response = await createHttpClient(options).get(
    `https://${other.provisioningHost}/tink-stack/boot.ipxe`,
  )
  const reading = readBytes(response)
  await Promise.all([other.close(), assert.rejects(reading, { code: 'RESPONSE_TRUNCATED' })])
})
