import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import {
  type Identity,
  type IdentityRequest,
  makeIdentity,
} from '../../src/demo/orchestrator-certificates.ts'
import { createHttpClient, type HttpClientOptions } from '../../src/orchestrator/http.ts'
import { lookupThrough } from '../../src/orchestrator/lookup.ts'
import { readText } from '../../src/orchestrator/response.ts'
import { assertFails } from './support/failing.ts'
import { connectProxy, dnsServer, type TestServer, tcpServer, tlsServer } from './support/servers.ts'

/** Every way to fail on the way to the orchestrator, each made for real on loopback. */
const host = 'tinkerbell-haproxy.edge.test'
const url = `https://${host}/tink-stack/boot.ipxe`
const day = 86_400_000

let authority: Identity
let genuine: Identity
let trusting: HttpClientOptions
const opened: TestServer[] = []

before(async () => {
  authority = await makeIdentity({ commonName: 'Example Site CA', isAuthority: true })
  genuine = await makeIdentity({ commonName: host, issuer: authority })
  trusting = { trust: { extraAuthorities: [authority.certificatePem] }, environment: {} }
})
after(() => Promise.all(opened.map((server) => server.close())))

function opening<T extends TestServer>(server: T): T {
  opened.push(server)
  return server
}

function fetchFrom(port: number, options: Partial<HttpClientOptions> = {}): Promise<string> {
  const client = createHttpClient({
    ...trusting,
    connectTo: () => ({ host: '127.0.0.1', port }),
    ...options,
  })
  return client.get(url).then((response) => readText(response))
}

async function fetchWithCertificate(
  request: Partial<IdentityRequest>,
  options: Partial<HttpClientOptions> = {},
): Promise<string> {
  const identity = await makeIdentity({ commonName: host, issuer: authority, ...request })
  const server = opening(await tlsServer(identity))
  return fetchFrom(server.port, options)
}

test('a trusted server answers, so that the failures below fail for their own reason', async () => {
  assert.equal(await fetchWithCertificate({}), 'hello')
})

suite('names', () => {
  const asking = async (answer: Parameters<typeof dnsServer>[0]) => {
    const dns = opening(await dnsServer(answer))
    const lookup = lookupThrough([dns.address], { timeoutMs: 50, tries: 1 })
    return createHttpClient({ ...trusting, lookup }).get(url)
  }

  test('NXDOMAIN', () =>
    assertFails(asking({ code: 3 }), {
      code: 'NAME_NOT_FOUND',
      exitCode: 6,
      message: /^tinkerbell-haproxy\.edge\.test:443: DNS knows no such name$/,
      hint: /resolv\.conf/,
    }))

  test('a name without an address', () =>
    assertFails(asking({ code: 0 }), { code: 'NAME_NOT_FOUND', exitCode: 6, message: /no IPv4 address/ }))

  test('SERVFAIL', () =>
    assertFails(asking({ code: 2 }), { code: 'NAME_SERVER_FAILED', exitCode: 6, message: /SERVFAIL/ }))

  test('REFUSED', () =>
    assertFails(asking({ code: 5 }), { code: 'NAME_SERVER_FAILED', exitCode: 6, message: /REFUSED/ }))

  test('a DNS server that never answers', () =>
    assertFails(asking('silent'), { code: 'NAME_SERVER_SILENT', exitCode: 6, message: /in time/ }))

  test('no DNS server at the address that is asked', async () => {
    const dns = await dnsServer('silent')
    await dns.close()
    const lookup = lookupThrough([dns.address], { timeoutMs: 50, tries: 1 })
    await assertFails(createHttpClient({ ...trusting, lookup }).get(url), {
      code: 'NAME_SERVER_SILENT',
      exitCode: 6,
      message: /no DNS server/,
    })
  })

  test('a DNS server that answers leads to the server', async () => {
    const dns = opening(await dnsServer({ code: 0, address: '127.0.0.1' }))
    const server = opening(await tlsServer(genuine))
    const lookup = lookupThrough([dns.address])
    const client = createHttpClient({ ...trusting, lookup })
    const response = await client.get(`https://${host}:${server.port}/`)
    assert.equal(await readText(response), 'hello')
  })
})

suite('connections', () => {
  test('refused', async () => {
    const server = await tcpServer(() => undefined)
    await server.close()
    await assertFails(fetchFrom(server.port), {
      code: 'CONNECTION_REFUSED',
      exitCode: 6,
      message: /nothing listens on this port/,
    })
  })

  test('unreachable network', () =>
    assertFails(fetchFrom(0, { connectTo: () => ({ host: '255.255.255.255', port: 443 }), timeoutMs: 500 }), {
      code: 'HOST_UNREACHABLE',
      exitCode: 6,
      message: /route|rule/,
    }))

  test('a listener that never answers the TLS greeting', async () => {
    const server = opening(await tcpServer(() => undefined))
    await assertFails(fetchFrom(server.port, { timeoutMs: 50 }), {
      code: 'CONNECTION_TIMEOUT',
      exitCode: 6,
      message: /never answered the TLS greeting/,
      hint: /TCP 443/,
    })
  })

  test('reset during the TLS handshake', async () => {
    const server = opening(await tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())))
    await assertFails(fetchFrom(server.port), { code: 'CONNECTION_CUT', exitCode: 6, message: /handshake/ })
  })

  test('the caller gives up', async () => {
    const server = opening(await tcpServer(() => undefined))
    const reason = new Error('enough')
    await assert.rejects(fetchFrom(server.port, { signal: AbortSignal.abort(reason) }), reason)
  })
})

suite('answers that are not HTTP', () => {
  const answering = async (text: string) => {
    const server = opening(await tlsServer(genuine, {}, text))
    return fetchFrom(server.port)
  }

  test('something else', () =>
    assertFails(answering('220 mail.example.com ESMTP\r\n'), {
      code: 'RESPONSE_UNREADABLE',
      exitCode: 6,
      message: /the answer is not HTTP \(HPE_/,
    }))

  test('endless headers', () =>
    assertFails(answering(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n`), {
      code: 'RESPONSE_UNREADABLE',
      exitCode: 6,
      message: /HPE_HEADER_OVERFLOW/,
    }))

  test('a body that is shorter than announced', () =>
    assertFails(answering('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nshort'), {
      code: 'RESPONSE_TRUNCATED',
      exitCode: 6,
      message: /after 5 of 50 bytes/,
    }))
})

suite('TLS', () => {
  test('plain HTTP on the port', async () => {
    const server = opening(await tcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))
    await assertFails(fetchFrom(server.port), {
      code: 'TLS_NOT_SPOKEN',
      exitCode: 6,
      message: /but not with TLS/,
    })
  })

  test('only TLS 1.1', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    const server = opening(await tlsServer(genuine, old))
    await assertFails(fetchFrom(server.port), {
      code: 'TLS_NO_COMMON_GROUND',
      exitCode: 6,
      message: /TLS 1\.2 or newer/,
      hint: /iPXE/,
    })
  })

  test('no cipher in common', async () => {
    const only = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' } as const
    const server = opening(await tlsServer(genuine, only))
    await assertFails(fetchFrom(server.port), {
      code: 'TLS_NO_COMMON_GROUND',
      exitCode: 6,
      message: /no cipher/,
    })
  })

  test('unknown authority', async () => {
    const stranger = await makeIdentity({ commonName: 'Another CA', isAuthority: true })
    await assertFails(fetchWithCertificate({ issuer: stranger }), {
      code: 'CERTIFICATE_UNTRUSTED',
      exitCode: 6,
      message:
        /issuer is not known here, issued by CN=Another CA; SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}; wanted/,
      hint: /--ca-file/,
    })
  })

  test('self-signed', async () => {
    const identity = await makeIdentity({ commonName: host })
    const server = opening(await tlsServer(identity))
    await assertFails(fetchFrom(server.port), {
      code: 'CERTIFICATE_UNTRUSTED',
      exitCode: 6,
      message: /self-signed/,
      hint: /--trust-fingerprint/,
    })
  })

  test('self-signed, and for another name besides', async () => {
    const server = opening(await tlsServer(await makeIdentity({ commonName: 'INGRESS DEFAULT CERT' })))
    await assertFails(fetchFrom(server.port), {
      code: 'CERTIFICATE_UNTRUSTED',
      exitCode: 6,
      message: /self-signed, and it is for INGRESS DEFAULT CERT; SHA-256/,
    })
  })

  test('another name', () =>
    assertFails(fetchWithCertificate({ commonName: 'www.example.com' }), {
      code: 'CERTIFICATE_WRONG_NAME',
      exitCode: 6,
      message: /is for www\.example\.com; wanted tinkerbell-haproxy\.edge\.test/,
    }))

  test('expired', () =>
    assertFails(fetchWithCertificate({ validFromMs: Date.now() - 3 * day, validUntilMs: Date.now() - day }), {
      code: 'CERTIFICATE_EXPIRED',
      exitCode: 6,
      message: /expired on \d{4}-\d\d-\d\d \d\d:\d\d UTC; this clock says \d{4}/,
    }))

  test('not valid yet: the clock', () =>
    assertFails(fetchWithCertificate({ validFromMs: Date.now() + day }), {
      code: 'CERTIFICATE_NOT_YET_VALID',
      exitCode: 6,
      message: /valid from .* this clock says/,
      hint: /timedatectl/,
    }))

  test('expired, though its fingerprint was confirmed', async () => {
    const old = await makeIdentity({
      commonName: host,
      validFromMs: Date.now() - 3 * day,
      validUntilMs: Date.now() - day,
    })
    const server = opening(await tlsServer(old))
    const trust = { extraAuthorities: [], pinnedSha256: old.sha256 }
    await assertFails(fetchFrom(server.port, { trust }), {
      code: 'CERTIFICATE_EXPIRED',
      exitCode: 6,
      message: /expired on/,
    })
  })

  test('not the certificate that was confirmed, even if an authority vouches for it', async () => {
    const server = opening(await tlsServer(genuine))
    const trust = { extraAuthorities: [authority.certificatePem], pinnedSha256: 'ab'.repeat(32) }
    await assertFails(fetchFrom(server.port, { trust }), {
      code: 'CERTIFICATE_CHANGED',
      exitCode: 6,
      message: /wanted the confirmed one, AB:AB:/,
    })
  })

  test('the confirmed certificate is enough, without any authority', async () => {
    const identity = await makeIdentity({ commonName: 'whatever.example.com' })
    const server = opening(await tlsServer(identity))
    const trust = { extraAuthorities: [], pinnedSha256: identity.sha256 }
    assert.equal(await fetchFrom(server.port, { trust }), 'hello')
  })

  test('an inspection product is named', async () => {
    const zscaler = await makeIdentity({ commonName: 'Zscaler Intermediate Root CA', isAuthority: true })
    await assertFails(fetchWithCertificate({ issuer: zscaler }), {
      code: 'TLS_INTERCEPTED',
      exitCode: 6,
      message: /Zscaler answers in the orchestrator’s place.*issued by CN=Zscaler Intermediate Root CA/,
      hint: /NO_PROXY/,
    })
  })

  test('an unknown authority behind a proxy, for the right name, is interception', async () => {
    const corporate = await makeIdentity({ commonName: 'Corporate Web CA', isAuthority: true })
    const identity = await makeIdentity({ commonName: host, issuer: corporate })
    const server = opening(await tlsServer(identity))
    const proxy = opening(
      await connectProxy(
        () => 200,
        () => server.port,
      ),
    )
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }
    await assertFails(createHttpClient({ ...trusting, environment }).get(url), {
      code: 'TLS_INTERCEPTED',
      exitCode: 6,
      message: /through the proxy 127\.0\.0\.1:\d+ comes .* issued by the unknown CN=Corporate Web CA/,
    })
  })

  test('a self-signed endpoint behind a proxy is not called interception', async () => {
    const server = opening(await tlsServer(await makeIdentity({ commonName: host })))
    const proxy = opening(
      await connectProxy(
        () => 200,
        () => server.port,
      ),
    )
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }
    await assertFails(createHttpClient({ ...trusting, environment }).get(url), {
      code: 'CERTIFICATE_UNTRUSTED',
      exitCode: 6,
      message: /self-signed/,
    })
  })
})
