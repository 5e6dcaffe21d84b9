import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type tls from 'node:tls'
import { type Identity, makeIdentity } from '../../src/demo/orchestrator-certificates.ts'
import { certificateFacts } from '../../src/orchestrator/certificate.ts'
import { certificateProblems, ipxeCompatibility } from '../../src/orchestrator/ipxe-tls.ts'
import { assertFails } from './support/failing.ts'
import { type TestServer, tcpServer, tlsServer } from './support/servers.ts'

const host = 'tinkerbell-haproxy.edge.test'
let rsa: Identity
let elliptic: Identity
const opened: TestServer[] = []

before(async () => {
  rsa = await makeIdentity({ commonName: host })
  elliptic = await makeIdentity({ commonName: host, key: 'EC P-256' })
})
after(() => Promise.all(opened.map((server) => server.close())))

async function meet(identity: Identity, options: tls.TlsOptions) {
  const server = await tlsServer(identity, options)
  opened.push(server)
  const connectTo = () => ({ host: '127.0.0.1', port: server.port })
  return ipxeCompatibility(
    { host, port: 443 },
    { trust: { extraAuthorities: [] }, connectTo, timeoutMs: 3000 },
  )
}

const rows: readonly (readonly [string, () => Identity, tls.TlsOptions, string | undefined, RegExp])[] = [
  [
    'RSA key exchange',
    () => rsa,
    { ciphers: 'AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256' },
    'every release',
    /^AES128-SHA$/,
  ],
  ['RSA key exchange with GCM', () => rsa, { ciphers: 'AES256-GCM-SHA384' }, '2022', /^AES256-GCM-SHA384$/],
  ['X25519', () => rsa, { ciphers: 'ECDHE-RSA-AES256-GCM-SHA384' }, '2024', /^ECDHE-RSA/],
  [
    'P-256 only',
    () => rsa,
    { ciphers: 'ECDHE-RSA-AES256-GCM-SHA384', ecdhCurve: 'P-256' },
    '2025',
    /^ECDHE-RSA/,
  ],
  [
    'an elliptic certificate',
    () => elliptic,
    { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
    '2025',
    /^ECDHE-ECDSA/,
  ],
  ['ChaCha20 only', () => rsa, { ciphers: 'ECDHE-RSA-CHACHA20-POLY1305' }, undefined, /^$/],
  ['TLS 1.3 only', () => rsa, { minVersion: 'TLSv1.3' }, undefined, /^$/],
]
for (const [name, identity, options, since, cipher] of rows)
  test(`${name}: iPXE since ${since ?? 'never'}`, async () => {
    const compatibility = await meet(identity(), options)
    assert.equal(compatibility.since, since)
    assert.match(compatibility.cipher ?? '', cipher)
    assert.equal(compatibility.problems.length, since === undefined ? 1 : 0)
  })

test('a server that cannot be reached is not called incompatible', async () => {
  const server = await tcpServer(() => undefined)
  await server.close()
  const connectTo = () => ({ host: '127.0.0.1', port: server.port })
  await assertFails(ipxeCompatibility({ host, port: 443 }, { trust: { extraAuthorities: [] }, connectTo }), {
    code: 'CONNECTION_REFUSED',
    exitCode: 6,
    message: /nothing listens/,
  })
})

test('keys and signatures that iPXE cannot read', () => {
  const facts = certificateFacts(rsa.certificatePem)
  assert.deepEqual(certificateProblems([facts]), [])
  assert.match(certificateProblems([{ ...facts, key: 'ed25519' }]).join(), /key of kind ed25519, which iPXE/)
  for (const key of ['EC prime256v1', 'EC secp384r1'])
    assert.deepEqual(certificateProblems([{ ...facts, key }]), [])
  assert.match(certificateProblems([{ ...facts, key: 'EC secp521r1' }]).join(), /EC secp521r1, which iPXE/)
  assert.match(certificateProblems([{ ...facts, signatureAlgorithm: 'rsassaPss' }]).join(), /RSA-PSS/)
})
