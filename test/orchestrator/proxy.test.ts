import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { type Identity, makeIdentity } from '../../src/demo/orchestrator-certificates.ts'
import { createHttpClient } from '../../src/orchestrator/http.ts'
import { type Environment, isExempt, proxyFor } from '../../src/orchestrator/proxy.ts'
import { readText } from '../../src/orchestrator/response.ts'
import { assertFails, failureOf } from './support/failing.ts'
import { connectProxy, type ProxyRequest, type TestServer, tcpServer, tlsServer } from './support/servers.ts'

const host = 'tinkerbell-haproxy.edge.test'
const url = `https://${host}/tink-stack/boot.ipxe`
let authority: Identity
let server: TestServer
const opened: TestServer[] = []

before(async () => {
  authority = await makeIdentity({ commonName: 'Example Site CA', isAuthority: true })
  server = opening(await tlsServer(await makeIdentity({ commonName: host, issuer: authority })))
})
after(() => Promise.all(opened.map((each) => each.close())))

function opening<T extends TestServer>(each: T): T {
  opened.push(each)
  return each
}

async function startProxy(decide: (request: ProxyRequest) => number, identity?: Identity) {
  return opening(await connectProxy(decide, () => server.port, identity))
}

function fetchWith(environment: Environment, address = url): Promise<string> {
  const client = createHttpClient({
    trust: { extraAuthorities: [authority.certificatePem] },
    environment,
    timeoutMs: 2000,
    lookup: async () => ['127.0.0.1'],
  })
  return client.get(address).then((response) => readText(response))
}

suite('through a proxy', () => {
  test('a tunnel carries TLS to the name that was asked for', async () => {
    const proxy = await startProxy(() => 200)
    assert.equal(await fetchWith({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }), 'hello')
    assert.deepEqual(proxy.seen, [{ target: `${host}:443`, authorization: undefined }])
  })

  test('user name and password go to the proxy, decoded', async () => {
    const proxy = await startProxy(() => 200)
    await fetchWith({ https_proxy: `http://site%40example:p%25ss@127.0.0.1:${proxy.port}` })
    assert.equal(proxy.seen[0]?.authorization, `Basic ${Buffer.from('site@example:p%ss').toString('base64')}`)
  })

  test('an https proxy is verified like any other server', async () => {
    const identity = await makeIdentity({ commonName: 'localhost', issuer: authority })
    const proxy = await startProxy(() => 200, identity)
    assert.equal(await fetchWith({ HTTPS_PROXY: `https://localhost:${proxy.port}` }), 'hello')
    const stranger = await startProxy(() => 200, await makeIdentity({ commonName: 'localhost' }))
    await assertFails(fetchWith({ HTTPS_PROXY: `https://localhost:${stranger.port}` }), {
      code: 'PROXY_UNREACHABLE',
      exitCode: 6,
      message: /^proxy localhost:\d+: the certificate is self-signed/,
    })
  })

  test('NO_PROXY goes straight to the server', async () => {
    const proxy = await startProxy(() => 500)
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: 'edge.test' }
    assert.equal(await fetchWith(environment, `https://${host}:${server.port}/`), 'hello')
    assert.deepEqual(proxy.seen, [])
  })
})

test('without a setting of its own a client looks at the environment of the process', async () => {
  const proxy = await startProxy(() => 200)
  const before = { ...process.env }
  Object.assign(process.env, { https_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: 'other.test' })
  try {
    const client = createHttpClient({ trust: { extraAuthorities: [authority.certificatePem] } })
    assert.equal(await readText(await client.get(url)), 'hello')
    assert.equal(proxy.seen.length, 1)
  } finally {
    for (const name of ['https_proxy', 'no_proxy']) delete process.env[name]
    Object.assign(process.env, before)
  }
})

suite('proxies that fail', () => {
  test('407 without a password', async () => {
    const proxy = await startProxy(() => 407)
    await assertFails(fetchWith({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }), {
      code: 'PROXY_LOGIN_NEEDED',
      exitCode: 6,
      message: /wants a login \(Basic realm="site"\), and none was given/,
      hint: /USER:PASSWORD/,
    })
  })

  test('407 with a wrong password, which is not shown', async () => {
    const proxy = await startProxy(() => 407)
    const error = await failureOf(fetchWith({ HTTPS_PROXY: `http://u:hunter2@127.0.0.1:${proxy.port}` }), {
      code: 'PROXY_LOGIN_NEEDED',
      exitCode: 6,
      message: /the given one was refused/,
    })
    assert.doesNotMatch(`${error.message} ${error.hint} ${error.stack}`, /hunter2/)
  })

  test('its rules forbid the orchestrator', async () => {
    const proxy = await startProxy(() => 403)
    await assertFails(fetchWith({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }), {
      code: 'PROXY_REFUSED',
      exitCode: 6,
      message:
        /answered 403 Forbidden when asked for tinkerbell-haproxy\.edge\.test:443: its rules forbid it/,
      hint: /NO_PROXY="\$NO_PROXY,tinkerbell-haproxy\.edge\.test"/,
    })
  })

  test('it cannot reach the orchestrator itself', async () => {
    const proxy = await startProxy(() => 502)
    await assertFails(fetchWith({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }), {
      code: 'PROXY_REFUSED',
      exitCode: 6,
      message: /502 Bad Gateway .*: it could not reach it either/,
    })
  })

  test('nothing listens at its address', async () => {
    const gone = await tcpServer(() => undefined)
    await gone.close()
    await assertFails(fetchWith({ HTTPS_PROXY: `http://127.0.0.1:${gone.port}` }), {
      code: 'PROXY_UNREACHABLE',
      exitCode: 6,
      message: /^proxy 127\.0\.0\.1:\d+: the machine is there, but nothing listens/,
      hint: /NO_PROXY/,
    })
  })

  test('it accepts the connection and says nothing', async () => {
    const mute = opening(await tcpServer(() => undefined))
    const client = createHttpClient({
      trust: { extraAuthorities: [] },
      environment: { HTTPS_PROXY: `http://127.0.0.1:${mute.port}` },
      timeoutMs: 50,
    })
    await assertFails(client.get(url), {
      code: 'PROXY_UNREACHABLE',
      exitCode: 6,
      message: /then said nothing/,
    })
  })

  const unusable: readonly (readonly [string, RegExp])[] = [
    ['socks5://127.0.0.1:1080', /socks5 proxies are not supported/],
    ['http://', /that is not a URL/],
    ['http://u:hunter2@bad host:3128', /\[secret\]@bad host:3128.*not a URL/],
  ]
  for (const [setting, message] of unusable)
    test(`HTTPS_PROXY=${setting}`, async () => {
      const wanted = { code: 'PROXY_INVALID', exitCode: 4, message } as const
      const error = await failureOf(fetchWith({ HTTPS_PROXY: setting }), wanted)
      assert.doesNotMatch(error.message, /hunter2/)
    })
})

suite('which proxy', () => {
  const at = { host, port: 443 }
  const rows: readonly (readonly [string, Environment, string | undefined])[] = [
    ['none set', {}, undefined],
    ['empty means none', { HTTPS_PROXY: '  ' }, undefined],
    ['lower case wins', { https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:2' }, 'a:1'],
    ['HTTP_PROXY is for plain http', { HTTP_PROXY: 'http://a:1' }, undefined],
    ['ALL_PROXY stands in', { ALL_PROXY: 'http://a:1' }, 'a:1'],
    ['without a scheme', { HTTPS_PROXY: 'proxy.example.com:3128' }, 'proxy.example.com:3128'],
    ['default port', { HTTPS_PROXY: 'http://proxy.example.com' }, 'proxy.example.com:80'],
    ['IPv6', { HTTPS_PROXY: 'http://[2001:db8::1]:3128' }, '2001:db8::1:3128'],
  ]
  for (const [name, environment, wanted] of rows)
    test(name, () => {
      const proxy = proxyFor(at, environment)
      assert.equal(proxy && `${proxy.host}:${proxy.port}`, wanted)
    })
})

suite('NO_PROXY', () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['tinkerbell-haproxy.edge.test', 'edge.test', true],
    ['tinkerbell-haproxy.edge.test', '.edge.test', true],
    ['tinkerbell-haproxy.edge.test', '*.edge.test', true],
    ['tinkerbell-haproxy.edge.test', 'localhost, EDGE.test', true],
    ['tinkerbell-haproxy.edge.test', 'localhost edge.test', true],
    ['tinkerbell-haproxy.edge.test', 'edge.test:443', true],
    ['tinkerbell-haproxy.edge.test', 'edge.test:9443', false],
    ['notedge.test', 'edge.test', false],
    ['edge.test', '.edge.test', true],
    ['edge.test.', 'edge.test', true],
    ['anything.example.com', '*', true],
    ['10.20.0.5', '10.0.0.0/8', true],
    ['10.20.0.5', '10.20.0.5', true],
    ['10.20.0.5', '10.20.0.5:443', true],
    ['10.20.0.5', '10.20.0.50', false],
    ['192.168.1.1', '10.0.0.0/8', false],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db8::1', '2001:DB8:0::1', true],
    ['2001:db8::1', '[2001:db8::1]:443', true],
    ['10.20.0.5', '2001:db8::/32', false],
    ['edge.test', '10.0.0.0/8', false],
    ['edge.test', '', false],
  ]
  for (const [name, list, wanted] of rows)
    test(`${name} in “${list}” is ${wanted}`, () =>
      assert.equal(isExempt({ host: name, port: 443 }, list), wanted))
})
