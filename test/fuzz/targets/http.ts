import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection, type NetConnectOpts } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readAsset } from '../../../src/cli/assets.ts'
import { HttpBootServer } from '../../../src/engine/http-boot.ts'
import { openControlServer } from '../../../src/observe/control/server.ts'
import { openDashboard } from '../../../src/observe/dashboard/server.ts'
import { openMetricsServer } from '../../../src/observe/metrics/server.ts'
import { completed, offered, openFeed } from '../../observe/live/support.ts'
import type { Mutation } from '../mutations.ts'
import { oneOf } from '../random.ts'
import type { FuzzTarget } from '../target.ts'

/** What a server of ours may say; 500 would be a handler that threw. */
const statuses = ['100', '200', '400', '404', '405', '408', '409', '413', '414', '417', '421', '431', '503']
/**
 * A connection without an answer for so many seconds is a find. Counted one by one: when the fuzzer itself
 * is stopped for a while, that is one.
 */
const patienceSeconds = 30
/** Live views that may still be open: the server hears of an end a little later, under load much later. */
const mostViews = 8
const bootFile = Buffer.from('the boot file, and nothing else '.repeat(40))

export async function open(): Promise<FuzzTarget> {
  const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-fuzz-http-'))
  const { feed, stories, publish } = openFeed()
  publish(offered)
  publish(completed)
  const actions = {
    refresh: async () => ({ ok: false, message: 'away' }),
    load: async () => ({ ok: true, message: 'done' }),
    reload: async () => ({ ok: true, message: 'done' }),
  }
  const path = join(directory, 'control.sock')
  const host = '127.0.0.1'
  const control = await openControlServer(path, feed, actions)
  const dashboard = await openDashboard(`${host}:0`, feed, readAsset)
  const metrics = await openMetricsServer(`${host}:0`, feed, stories)
  const served = { name: 'ipxe.efi', architecture: 'x64', bytes: bootFile, sha256: '', path: '' } as const
  const boot = await HttpBootServer.open({
    address: host,
    port: 0,
    lookup: (name) => (name === served.name ? served : undefined),
    onServed: () => {},
  })
  const doors: readonly NetConnectOpts[] = [
    { path },
    { host, port: dashboard.port ?? 0 },
    { host, port: metrics.port ?? 0 },
    { host, port: boot.port },
  ]
  return {
    feeds:
      'the bytes of one connection to the control socket, the dashboard, the metrics listener or HTTP boot (the first byte chooses)',
    holds: [
      'no exception inside, and no answer 500',
      'what comes back are HTTP answers; a body of HTTP boot is the boot file or empty',
      'the connection ends, and the next one is answered',
    ],
    longestBytes: 4_096,
    seeds: requests.flatMap((request) =>
      doors.map((_door, index) => Buffer.from(`${String.fromCharCode(index)}${request}`, 'latin1')),
    ),
    mutations: requestMutations,
    mostWork: (bytes) => 200_000 + 100 * bytes,
    run: async (bytes) => {
      const door = doors[(bytes[0] ?? 0) % doors.length]
      if (door === undefined) return
      answersHold(await converse(door, bytes.subarray(1)), door === doors[3])
      for (
        let waitedMs = 0;
        feed.subscribers > mostViews && waitedMs < patienceSeconds * 1_000;
        waitedMs += 50
      )
        await sleep(50)
      if (feed.subscribers > mostViews) assert.fail(`${feed.subscribers} live views are left open`)
    },
    close: async () => {
      feed.close()
      await Promise.all([control, dashboard, metrics, boot].map((server) => server.close()))
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Everything that comes back until the server hangs up, or goes on for ever as a feed does. */
function converse(door: NetConnectOpts, bytes: Uint8Array): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const socket = createConnection(door)
  let heard = ''
  let seconds = 0
  const silence = setInterval(() => {
    if (++seconds > patienceSeconds) fail(new Error('neither an answer nor an end'))
  }, 1_000)
  const fail = (error: Error) => {
    socket.destroy()
    reject(error)
  }
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => {
    heard += text
    if (/^content-type: (application\/x-ndjson|text\/event-stream)/im.test(heard)) socket.destroy()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    clearInterval(silence)
    process.off('uncaughtException', fail)
    resolve(heard)
  })
  process.on('uncaughtException', fail)
  socket.end(Buffer.from(bytes))
  return promise
}

function answersHold(heard: string, isBoot: boolean): void {
  if (heard === '') return
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(heard)?.[1]
  if (status === undefined || !statuses.includes(status)) assert.fail(heard.slice(0, 200))
  // Whole, or nothing of it.
  if (isBoot && heard.replaceAll(bootFile.toString('latin1'), '').includes('nothing else')) assert.fail(heard)
}

const requests = [
  'GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n',
  'GET /v1/snapshot HTTP/1.1\r\nhost: localhost:1\r\n\r\n',
  'GET /v1/feed HTTP/1.1\r\nhost: [::1]\r\n\r\n',
  'HEAD /v1/feed HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n',
  'POST /v1/refresh HTTP/1.1\r\nhost: x\r\n\r\n',
  'POST /v1/reload HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nxx',
  'GET /metrics HTTP/1.1\r\nhost: x\r\n\r\nGET /healthz HTTP/1.1\r\nhost: x\r\n\r\nGET /readyz HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET /ipxe.efi HTTP/1.1\r\nhost: x\r\n\r\n',
  'HEAD /ipxe.efi HTTP/1.1\r\nhost: x\r\n\r\n',
]

const pieces = [
  'GET ',
  'HEAD ',
  'POST ',
  'OPTIONS ',
  'CONNECT x:1 HTTP/1.1\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '/v1/feed',
  '/v1/snapshot',
  '/../',
  '//',
  '/%2e%2e/',
  '/ipxe.efi',
  '/style.css',
  '/__proto__',
  '/constructor',
  '?',
  'http://x/metrics',
  ' HTTP/1.1\r\n',
  ' HTTP/1.0\r\n',
  '\r\n',
  '\r\n\r\n',
  'host: 127.0.0.1\r\n',
  'host: evil.example\r\n',
  'content-length: 5\r\n',
  'content-length: -1\r\n',
  'content-length: 99999999999\r\n',
  'transfer-encoding: chunked\r\n',
  '0\r\n\r\n',
  'ffffffffffffffff\r\n',
  'connection: upgrade\r\nupgrade: websocket\r\n',
  'expect: 100-continue\r\n',
  'expect: x\r\n',
  'connection: keep-alive\r\n',
  'range: bytes=0-0\r\n',
  'accept-encoding: gzip\r\n',
].map((text) => Buffer.from(text, 'latin1'))

const requestMutations: readonly Mutation[] = [
  function insertPiece(draft, { random }) {
    draft.insert(random(draft.length + 1), oneOf(random, pieces))
  },
  function insertHeader(draft, { random }) {
    const line = draft.input.indexOf(10, random(draft.length || 1))
    draft.insert(line + 1, oneOf(random, pieces))
  },
  function chooseDoor(draft, { random }) {
    draft.set(0, random(4))
  },
]
