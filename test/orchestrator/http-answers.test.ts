import assert from 'node:assert/strict'
import { after, before, beforeEach, suite, test } from 'node:test'
import { EmbeddedOrchestrator } from '../../src/demo/orchestrator.ts'
import type { Fault } from '../../src/demo/orchestrator-faults.ts'
import { createHttpClient, type HttpClient } from '../../src/orchestrator/http.ts'
import {
  clockAheadMs,
  discard,
  expectStatus,
  readBytes,
  readJson,
  readText,
  refuseWebPage,
  retryAfterMs,
} from '../../src/orchestrator/response.ts'
import { assertFails, type WantedFailure } from './support/failing.ts'

/** Wrong answers of a server that is reached and trusted. */
const path = '/tink-stack/signed_ipxe.efi'
const image = Buffer.alloc(200_000, 'MZ image ')
let orchestrator: EmbeddedOrchestrator
let client: HttpClient
let url: string

before(async () => {
  orchestrator = await EmbeddedOrchestrator.start({ files: { 'signed_ipxe.efi': image } })
  url = `https://${orchestrator.provisioningHost}${path}`
})
beforeEach(() => {
  orchestrator.faults.clear()
  client = createHttpClient({
    trust: { extraAuthorities: [orchestrator.endpoint.certificatePem] },
    connectTo: orchestrator.connectTo,
    timeoutMs: 5000,
  })
})
after(() => orchestrator.close())

async function download(): Promise<Buffer> {
  const response = await client.get(url)
  return readBytes(refuseWebPage(await expectStatus(response, 200)))
}

test('a right answer comes whole, with its certificate', async () => {
  const response = await client.get(url)
  assert.deepEqual(response.peerCertificate, orchestrator.endpoint.der)
  assert.deepEqual(await readBytes(response), image)
})

test('headers have lower-case names, validators included', async () => {
  const response = await client.get(url)
  discard(response)
  assert.match(response.headers.etag ?? '', /^"[0-9a-f]{16}"$/)
  assert.equal(response.headers['content-length'], String(image.length))
})

suite('answers that fail', () => {
  const status = (code: number, headers = {}, body = ''): Fault => ({
    kind: 'status',
    status: code,
    headers,
    body,
  })
  const rows: readonly (readonly [string, Fault, WantedFailure])[] = [
    [
      '401',
      status(401, {}, '{"message":"Jwt is expired"}'),
      { code: 'HTTP_UNAUTHORIZED', exitCode: 6, message: /answered 401 \(not signed in\): Jwt is expired$/ },
    ],
    [
      '403',
      status(403, {}, 'blocked'),
      { code: 'HTTP_FORBIDDEN', exitCode: 6, message: /403 \(not allowed\): blocked/ },
    ],
    [
      '404',
      status(404),
      { code: 'HTTP_NOT_FOUND', exitCode: 6, message: /404 \(no such file\)$/, hint: /15 minutes/ },
    ],
    [
      '429',
      status(429, { 'retry-after': '7' }),
      { code: 'HTTP_RATE_LIMITED', exitCode: 6, message: /429 .*asks to wait: 7 s$/ },
    ],
    [
      '500',
      status(500, {}, '<html>oops</html>'),
      { code: 'HTTP_SERVER_ERROR', exitCode: 6, message: /500 \(failure inside\)$/ },
    ],
    [
      '503',
      status(503, { 'retry-after': '30' }),
      { code: 'HTTP_SERVER_ERROR', exitCode: 6, message: /503 .*wait: 30 s/ },
    ],
    ['418', status(418), { code: 'HTTP_UNEXPECTED_STATUS', exitCode: 6, message: /answered 418/ }],
    [
      'a body full of escape sequences',
      status(500, {}, '\u001b[31mred\u0007'),
      { code: 'HTTP_SERVER_ERROR', exitCode: 6, message: /\\x1b\[31mred\\x07$/ },
    ],
    [
      'a login page',
      { kind: 'webPage' },
      { code: 'LOGIN_PAGE', exitCode: 6, message: /a web page came \(text\/html/ },
    ],
    [
      'a redirect',
      { kind: 'redirect', location: '/elsewhere/ipxe.efi' },
      {
        code: 'HTTP_REDIRECTED',
        exitCode: 6,
        message: /302 and points to https:\/\/tinkerbell-haproxy\.edge\.demo\.test\/elsewhere\/ipxe\.efi$/,
        hint: /--artifact-url/,
      },
    ],
    [
      'a redirect to a login',
      { kind: 'redirect', location: 'https://sso.example.com/login' },
      { code: 'LOGIN_PAGE', exitCode: 6, message: /looks like a login page/ },
    ],
    [
      'no answer',
      { kind: 'silent' },
      { code: 'RESPONSE_TIMEOUT', exitCode: 6, message: /took the request and then said nothing/ },
    ],
    [
      'cut before the answer',
      { kind: 'reset' },
      { code: 'CONNECTION_CUT', exitCode: 6, message: /reset|closed|failed/ },
    ],
    [
      'cut in the middle',
      { kind: 'truncate', atPart: 0.6 },
      { code: 'RESPONSE_TRUNCATED', exitCode: 6, message: /ended after \d+ of 200000 bytes/ },
    ],
    [
      'stalled at 60 %',
      { kind: 'stall', atPart: 0.6 },
      {
        code: 'RESPONSE_STALLED',
        exitCode: 6,
        message: /nothing more for 0\.15 s after 120000 of 200000 bytes/,
      },
    ],
  ]
  for (const [name, fault, wanted] of rows)
    test(name, async () => {
      if (fault.kind === 'silent' || fault.kind === 'stall')
        client = createHttpClient({
          trust: { extraAuthorities: [orchestrator.endpoint.certificatePem] },
          connectTo: orchestrator.connectTo,
          timeoutMs: 150,
        })
      orchestrator.setFault(path, fault)
      await assertFails(download(), wanted)
    })

  test('404 twice, then the file', async () => {
    orchestrator.setFault(path, { kind: 'status', status: 404, times: 2 })
    await assertFails(download(), { code: 'HTTP_NOT_FOUND', exitCode: 6, message: /404/ })
    await assertFails(download(), { code: 'HTTP_NOT_FOUND', exitCode: 6, message: /404/ })
    assert.deepEqual(await download(), image)
  })

  test('a slow trickle is no failure while it keeps coming', async () => {
    orchestrator.setFault(path, { kind: 'trickle', chunkBytes: 40_000, everyMs: 5 })
    assert.deepEqual(await download(), image)
  })

  test('the caller stops in the middle of a body', async () => {
    orchestrator.setFault(path, { kind: 'stall', atPart: 0.5 })
    const controller = new AbortController()
    const response = await client.get(url, { signal: controller.signal })
    const reason = new Error('stopped')
    const reading = readBytes(response)
    controller.abort(reason)
    await assert.rejects(reading, reason)
  })

  test('larger than allowed', async () => {
    await assertFails(readText(await client.get(url), 1000), {
      code: 'RESPONSE_TOO_LARGE',
      exitCode: 6,
      message: /more than 1000 bytes/,
    })
  })

  test('not JSON', async () => {
    await assertFails(readJson(await client.get(url)), {
      code: 'RESPONSE_UNREADABLE',
      exitCode: 6,
      message: /wanted JSON, got “MZ image/,
    })
  })

  test('not an https address', () =>
    assertFails(client.get('http://edge.demo.test/'), { code: 'USAGE', exitCode: 2, message: /https/ }))
})

suite('conditional and partial requests', () => {
  test('the rest of a file, while it is still the same', async () => {
    const first = await client.get(url)
    discard(first)
    const etag = first.headers.etag ?? ''
    const rest = await client.get(url, { headers: { range: 'bytes=150000-', 'if-range': etag } })
    assert.equal(rest.status, 206)
    assert.equal(rest.headers['content-range'], 'bytes 150000-199999/200000')
    assert.deepEqual(await readBytes(rest), image.subarray(150_000))
  })

  test('the whole file, when it has changed since', async () => {
    const whole = await client.get(url, { headers: { range: 'bytes=150000-', 'if-range': '"other"' } })
    assert.equal(whole.status, 200)
    assert.deepEqual(await readBytes(whole), image)
  })

  test('unchanged', async () => {
    const first = await client.get(url)
    discard(first)
    const again = await client.get(url, { headers: { 'if-none-match': first.headers.etag ?? '' } })
    assert.equal(again.status, 304)
    assert.equal((await readBytes(again)).length, 0)
  })
})

suite('Retry-After', () => {
  const now = Date.parse('2026-07-01T12:00:00Z')
  const rows: readonly (readonly [string | undefined, number | undefined])[] = [
    [undefined, undefined],
    ['', undefined],
    ['120', 120_000],
    ['Wed, 01 Jul 2026 12:00:30 GMT', 30_000],
    ['Wed, 01 Jul 2026 11:00:00 GMT', 0],
    ['soon', undefined],
  ]
  for (const [value, wanted] of rows)
    test(`“${value}” is ${wanted} ms`, () => {
      assert.equal(retryAfterMs(value === undefined ? {} : { 'retry-after': value }, now), wanted)
    })
})

test('the clock is compared with the server’s', () => {
  const now = Date.parse('2026-07-01T12:00:00Z')
  assert.equal(clockAheadMs({ date: 'Wed, 01 Jul 2026 11:58:00 GMT' }, now), 120_000)
  assert.equal(clockAheadMs({}, now), undefined)
})
