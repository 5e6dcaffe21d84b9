import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, beforeEach, describe, test } from 'node:test'
import { download } from '../../../src/artifact/download/download.ts'
import type {
  DownloadOptions,
  DownloadResult,
  DownloadWaiting,
} from '../../../src/artifact/download/options.ts'
import { makeIdentity } from '../../../src/demo/orchestrator-certificates.ts'
import { EmfPxeError } from '../../../src/errors/error.ts'
import { VirtualClock } from '../../../src/net/virtual-clock.ts'
import { type Behaviour, FileServer, file, partOf, status } from '../support/file-server.ts'

const bytes = randomBytes(300_000)
const other = randomBytes(200_000)
let server: FileServer
let clock: VirtualClock
let waits: DownloadWaiting[]

before(async () => {
  server = await FileServer.start(await makeIdentity({ commonName: 'files.edge.test', key: 'EC P-256' }))
})
after(() => server.close())
beforeEach(() => {
  clock = new VirtualClock()
  waits = []
})

/** Plays a script; each wait passes at once on the virtual clock. */
function fetchWith(
  script: readonly Behaviour[],
  options: Partial<DownloadOptions> = {},
): Promise<DownloadResult> {
  server.play(...script)
  return download({
    client: server.client,
    url: server.url,
    clock,
    random: () => 1,
    onWaiting: (waiting) => {
      waits.push(waiting)
      void clock.advance(waiting.delayMs)
    },
    ...options,
  })
}

async function failure(promise: Promise<unknown>): Promise<EmfPxeError> {
  const error = await promise.then(
    () => assert.fail('it succeeded'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof EmfPxeError, String(error))
  return error
}

function assertWhole(result: DownloadResult, wanted = bytes): void {
  assert.equal(result.kind, 'downloaded')
  assert.ok(result.kind === 'downloaded' && result.bytes.equals(wanted))
}

const waitedFor = () => waits.map(({ error }) => error.code)

describe('a file that is there', () => {
  test('comes whole, with its validators and the certificate that was shown', async () => {
    const seen: number[] = []
    const result = await fetchWith([file(bytes)], {
      onProgress: ({ receivedBytes }) => seen.push(receivedBytes),
    })
    assertWhole(result)
    assert.ok(result.kind === 'downloaded')
    assert.match(result.etag ?? '', /^"[0-9a-f]{16}"$/)
    assert.equal(result.lastModified, 'Fri, 02 Jan 2026 03:04:05 GMT')
    assert.ok(result.servedCertificate)
    assert.equal(result.attempts, 1)
    assert.equal(seen.at(-1), bytes.length)
    assert.deepEqual(
      seen,
      [...seen].sort((one, next) => one - next),
    )
    assert.deepEqual(waits, [])
  })

  test('unchanged since we have it: by ETag', async () => {
    const first = await fetchWith([file(bytes)])
    assert.ok(first.kind === 'downloaded' && first.etag !== undefined)
    const known = { etags: ['"another"', first.etag] }
    const second = await fetchWith([file(bytes)], { known })
    assert.equal(second.kind, 'unchanged')
    assert.ok(second.servedCertificate)
    assert.equal(server.requests[0]?.['if-none-match'], `"another", ${first.etag}`)
    assertWhole(await fetchWith([file(other)], { known }), other)
  })

  test('unchanged since we have it: by date, when there is no ETag', async () => {
    const known = { etags: [], lastModified: 'Fri, 02 Jan 2026 03:04:05 GMT' }
    assert.equal((await fetchWith([file(bytes)], { known })).kind, 'unchanged')
  })

  test('304 to a question that was not asked is no file', async () => {
    assert.equal((await failure(fetchWith([status(304)]))).code, 'HTTP_REDIRECTED')
  })

  test('exactly as large as allowed, and one byte more', async () => {
    assertWhole(await fetchWith([file(bytes)], { maxBytes: bytes.length }))
    const error = await failure(fetchWith([file(bytes)], { maxBytes: bytes.length - 1 }))
    assert.equal(error.code, 'RESPONSE_TOO_LARGE')
    assert.match(error.message, /300000 bytes or more, at most 299999 are taken/)
  })

  test('too large without saying so', async () => {
    const endless: Behaviour = (_, response) => {
      response.writeHead(200)
      const more = () => void response.write(bytes, (error) => error ?? more())
      more()
    }
    assert.equal((await failure(fetchWith([endless], { maxBytes: 1_000_000 }))).code, 'RESPONSE_TOO_LARGE')
  })
})

describe('patience', () => {
  test('404 twice, then the file', async () => {
    assertWhole(await fetchWith([status(404), status(404), file(bytes)]))
    assert.deepEqual(waitedFor(), ['HTTP_NOT_FOUND', 'HTTP_NOT_FOUND'])
    assert.deepEqual(
      waits.map(({ delayMs, attempts, patienceMs }) => ({ delayMs, attempts, patienceMs })),
      [
        { delayMs: 1000, attempts: 1, patienceMs: 900_000 },
        { delayMs: 2000, attempts: 2, patienceMs: 900_000 },
      ],
    )
  })

  test('404 for good: fifteen minutes, at most half a minute between two attempts', async () => {
    const error = await failure(fetchWith([status(404)]))
    assert.equal(error.code, 'HTTP_NOT_FOUND')
    assert.equal(error.exitCode, 6)
    assert.match(error.message, /no such file\).*\(tried 34 times in 14 min 31 s\)$/)
    assert.equal(Math.max(...waits.map(({ delayMs }) => delayMs)), 30_000)
    assert.equal(server.requests.length, 34)
  })

  test('the deadline is the caller’s to set', async () => {
    assert.match(
      (await failure(fetchWith([status(503)], { patienceMs: 5_000 }))).message,
      /tried 3 times in 3\.0 s/,
    )
    assert.doesNotMatch((await failure(fetchWith([status(503)], { patienceMs: 0 }))).message, /tried/)
  })

  test('chance halves the wait at most', async () => {
    await failure(fetchWith([status(500)], { random: () => 0, patienceMs: 20_000 }))
    assert.deepEqual(
      waits.map(({ delayMs }) => delayMs),
      [500, 1000, 2000, 4000, 8000],
    )
  })

  test('429 with Retry-After in seconds', async () => {
    assertWhole(await fetchWith([status(429, { 'retry-after': '7' }), file(bytes)]))
    assert.deepEqual(
      waits.map(({ error, delayMs }) => [error.code, delayMs]),
      [['HTTP_RATE_LIMITED', 7000]],
    )
  })

  test('503 with Retry-After as a date', async () => {
    const nowMs = Date.UTC(2026, 0, 1)
    const headers = { 'retry-after': new Date(nowMs + 60_000).toUTCString() }
    assertWhole(await fetchWith([status(503, headers), file(bytes)], { nowMs: () => nowMs }))
    assert.equal(waits[0]?.delayMs, 60_000)
  })

  test('Retry-After beyond the deadline: there is no point in waiting', async () => {
    const error = await failure(fetchWith([status(429, { 'retry-after': '3600' })]))
    assert.equal(error.code, 'HTTP_RATE_LIMITED')
    assert.match(error.message, /asks to wait: 3600 s/)
    assert.deepEqual(waits, [])
  })

  test('nobody listens, then somebody does', async () => {
    await server.stopListening()
    const result = await fetchWith([file(bytes)], {
      onWaiting: (waiting) => {
        waits.push(waiting)
        void server.listenAgain().then(() => clock.advance(waiting.delayMs))
      },
    })
    assertWhole(result)
    assert.deepEqual(waitedFor(), ['CONNECTION_REFUSED'])
  })

  for (const [name, answer, code] of [
    ['401', status(401), 'HTTP_UNAUTHORIZED'],
    ['403', status(403), 'HTTP_FORBIDDEN'],
    ['a redirect', status(302, { location: 'https://mirror.test/file' }), 'HTTP_REDIRECTED'],
    ['a redirect to a login', status(302, { location: 'https://portal.test/login' }), 'LOGIN_PAGE'],
    ['400', status(400), 'HTTP_UNEXPECTED_STATUS'],
    ['a web page', status(200, { 'content-type': 'text/html' }, '<html>'), 'LOGIN_PAGE'],
    [
      'a web page that says it is a file',
      status(
        200,
        { 'content-type': 'application/octet-stream' },
        '<!doctype html><title>Guest Wi-Fi</title>',
      ),
      'LOGIN_PAGE',
    ],
  ] as const) {
    test(`${name} will not pass: no second attempt`, async () => {
      const error = await failure(fetchWith([answer]))
      assert.equal(error.code, code)
      assert.deepEqual(waits, [])
      assert.equal(server.requests.length, 1)
    })
  }

  test('a certificate that is not the one confirmed: no second attempt', async () => {
    const client = server.clientThatTrusts('00'.repeat(32))
    assert.equal((await failure(fetchWith([file(bytes)], { client }))).code, 'CERTIFICATE_CHANGED')
    assert.deepEqual(waits, [])
  })
})

describe('a cut', () => {
  test('at 60 %: the rest is asked for, if it is still the same file', async () => {
    assertWhole(await fetchWith([partOf(bytes, 0.6), file(bytes)]))
    assert.deepEqual(waitedFor(), ['RESPONSE_TRUNCATED'])
    assert.equal(server.requests[1]?.range, 'bytes=180000-')
    assert.match(String(server.requests[1]?.['if-range']), /^"[0-9a-f]{16}"$/)
  })

  test('twice, each time further', async () => {
    assertWhole(await fetchWith([partOf(bytes, 0.5), partOf(bytes, 0.5), file(bytes)]))
    assert.deepEqual(
      server.requests.map(({ range }) => range),
      [undefined, 'bytes=150000-', 'bytes=225000-'],
    )
    assert.deepEqual(
      waits.map(({ delayMs }) => delayMs),
      [1000, 1000],
    )
  })

  test('the file was replaced meanwhile: the new one comes whole', async () => {
    assertWhole(await fetchWith([partOf(bytes, 0.6), file(other)]), other)
  })

  for (const [name, etag] of [
    ['a weak ETag', 'W/"1"'],
    ['no ETag', undefined],
  ] as const) {
    test(`with ${name} nothing proves that it is the same file: it starts over`, async () => {
      assertWhole(await fetchWith([partOf(bytes, 0.6, { etag }), file(bytes)]))
      assert.equal(server.requests[1]?.range, undefined)
    })
  }

  test('the rest is not the rest: it starts over', async () => {
    const wrong = status(206, { 'content-range': 'bytes 5-9/300000', 'content-length': '5' }, 'wrong')
    assertWhole(await fetchWith([partOf(bytes, 0.6), wrong, file(bytes)]))
    assert.equal(server.requests[2]?.range, undefined)
  })

  test('the rest is no longer there (416): it starts over', async () => {
    assertWhole(await fetchWith([partOf(bytes, 0.6), status(416), file(bytes)]))
    assert.equal(server.requests[2]?.range, undefined)
  })

  test('without a length, the range answer tells the total', async () => {
    assertWhole(await fetchWith([partOf(bytes, 0.6, { announce: false }), partOf(bytes, 0.5), file(bytes)]))
  })

  test('at the same place again and again: five times, then it is given up', async () => {
    const error = await failure(fetchWith([partOf(bytes, 0.6), partOf(bytes, 0)]))
    assert.equal(error.code, 'RESPONSE_TRUNCATED')
    assert.equal(error.exitCode, 6)
    assert.match(error.message, /tried 6 times/)
  })
})

describe('silence', () => {
  /** Lets the watch's time pass whenever the file has come so far. */
  const stallAt = (receivedBytes: number): Partial<DownloadOptions> => ({
    stallMs: 30_000,
    onProgress: (progress) => {
      if (progress.receivedBytes === receivedBytes) void clock.advance(60_000)
    },
  })

  test('stalled at 60 %: noticed, and the rest is asked for', async () => {
    const script = [partOf(bytes, 0.6, { ending: 'silence' }), file(bytes)]
    assertWhole(await fetchWith(script, stallAt(180_000)))
    assert.deepEqual(waitedFor(), ['RESPONSE_STALLED'])
    assert.match(waits[0]?.error.message ?? '', /180000 of 300000 bytes: nothing more for 30 s/)
    assert.equal(server.requests[1]?.range, 'bytes=180000-')
  })

  test('a slow trickle: too little in half a minute', async () => {
    const trickle: Behaviour = (_, response) => {
      response.writeHead(200, { 'content-length': '1000000' })
      response.write('x'.repeat(100))
    }
    const error = await failure(
      fetchWith([trickle], { ...stallAt(100), patienceMs: 0, minimumBytesPerSecond: 10 }),
    )
    assert.equal(error.code, 'DOWNLOAD_TOO_SLOW')
    assert.match(error.message, /100 of 1000000 bytes: only 100 bytes in 30 s, wanted at least 300/)
  })

  test('fast enough is left alone, however long it takes', async () => {
    const halves: Behaviour = (_, response) => {
      response.writeHead(200, { 'content-length': '2000' })
      response.write('x'.repeat(1000))
      void (async () => {
        await clock.advance(30_000)
        response.end('x'.repeat(1000))
      })()
    }
    const result = await fetchWith([halves], { minimumBytesPerSecond: 10 })
    assert.equal(result.kind, 'downloaded')
    assert.deepEqual(waits, [])
  })
})

describe('stopping', () => {
  test('while waiting', async () => {
    const stop = new AbortController()
    const promise = fetchWith([status(404)], {
      signal: stop.signal,
      onWaiting: () => stop.abort(new Error('enough')),
    })
    await assert.rejects(promise, /enough/)
  })

  test('while bytes come', async () => {
    const stop = new AbortController()
    const promise = fetchWith([partOf(bytes, 0.6, { ending: 'silence' })], {
      signal: stop.signal,
      onProgress: ({ receivedBytes }) => receivedBytes === 180_000 && stop.abort(new Error('enough')),
    })
    await assert.rejects(promise, /enough/)
    assert.deepEqual(waits, [])
  })
})
