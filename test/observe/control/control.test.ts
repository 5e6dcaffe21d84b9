import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createConnection, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, describe, test } from 'node:test'
import { ControlClient } from '../../../src/observe/control/client.ts'
import { controlSocketCandidates, controlSocketPath } from '../../../src/observe/control/path.ts'
import { openControlServer } from '../../../src/observe/control/server.ts'
import type { LiveMessage } from '../../../src/observe/live/snapshot.ts'
import { completed, offered, openFeed } from '../live/support.ts'

const root = mkdtempSync(join(tmpdir(), 'emf-pxe-control-'))
after(() => rmSync(root, { recursive: true, force: true }))
let made = 0
const toClose: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of toClose.splice(0)) await close().catch(() => {})
})

function newDirectory(mode = 0o755): string {
  const directory = join(root, String(made++))
  mkdirSync(directory)
  chmodSync(directory, mode)
  return directory
}

const actions = {
  refresh: async () => ({ ok: false, message: 'the orchestrator is away' }),
  load: async () => ({ ok: true, message: 'loaded' }),
  reload: async () => ({ ok: true, message: 'read again' }),
}

async function openSite(directory = newDirectory()) {
  const site = openFeed()
  const path = join(directory, 'control.sock')
  const server = await openControlServer(path, site.feed, actions)
  const close = async () => {
    site.feed.close()
    await server.close()
  }
  toClose.push(close)
  return { ...site, path, directory, client: new ControlClient(directory), close }
}

/** Sends bytes, and returns everything that comes back until the server hangs up. */
async function converse(path: string, bytes: string): Promise<string> {
  const socket = createConnection({ path })
  socket.on('error', () => {})
  let heard = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    heard += text
  })
  socket.write(bytes)
  await new Promise<void>((resolve) => socket.once('close', () => resolve()))
  return heard
}

describe('the control socket', () => {
  test('snapshot, and actions with their outcome', async () => {
    const { client, publish, close } = await openSite()
    publish(offered)
    assert.equal((await client.snapshot()).stories[0]?.stage, 'offered')
    assert.deepEqual(await client.act('reload'), {
      schema: 'emf-pxe/action/1',
      ok: true,
      message: 'read again',
    })
    assert.equal((await client.act('refresh')).ok, false)
    await close()
  })

  test('the feed: a snapshot line, then changes, until the reader leaves', async () => {
    const { client, publish, clock, feed, close } = await openSite()
    const leave = new AbortController()
    const messages: LiveMessage[] = []
    for await (const message of client.feed(leave.signal)) {
      messages.push(message)
      if (messages.length === 2) leave.abort()
      publish(offered)
      publish(completed)
      await clock.advance(200)
    }
    assert.deepEqual(
      messages.map(({ type }) => type),
      ['snapshot', 'changes'],
    )
    while (feed.subscribers > 0) await new Promise(setImmediate)
    await close()
  })

  test('the feed ends when the service does', async () => {
    const { client, close } = await openSite()
    const feed = client.feed(new AbortController().signal)
    await feed.next()
    const ended = feed.next()
    await close()
    assert.equal((await ended).done, true)
  })

  test('owner and group may connect, others may not', async () => {
    const { path, close } = await openSite()
    assert.equal(lstatSync(path).mode & 0o777, 0o660)
    await close()
    assert.equal(existsSync(path), false)
  })

  test('a socket that nobody answers on is replaced', async () => {
    const directory = newDirectory()
    const stale = createServer().listen(join(directory, 'other.sock'))
    await once(stale, 'listening')
    renameSync(join(directory, 'other.sock'), join(directory, 'control.sock'))
    await new Promise((resolve) => stale.close(resolve))
    const { client, close } = await openSite(directory)
    assert.equal((await client.snapshot()).schema, 'emf-pxe/live/1')
    await close()
  })

  test('a socket that another service answers on is left alone', async () => {
    const first = await openSite()
    await assert.rejects(openSite(first.directory), /another emf-pxe answers/)
    assert.equal((await first.client.snapshot()).schema, 'emf-pxe/live/1')
    await first.close()
  })

  for (const [name, place, message] of [
    ['a file', (path: string) => writeFileSync(path, 'precious'), /in the way/],
    ['a symbolic link', (path: string) => symlinkSync('/etc/hostname', path), /in the way/],
  ] as const) {
    test(`${name} in its place is not touched`, async () => {
      const directory = newDirectory()
      place(join(directory, 'control.sock'))
      await assert.rejects(openSite(directory), message)
      assert.ok(existsSync(join(directory, 'control.sock')))
    })
  }

  test('not in a directory that others can write', async () => {
    await assert.rejects(openSite(newDirectory(0o777)), /can be written by others \(mode 777\)/)
  })

  test('not under a name that is too long for a socket', async () => {
    const directory = join(newDirectory(), 'd'.repeat(100))
    await assert.rejects(openSite(directory), /longer than the 107 bytes/)
  })
})

describe('where the control socket is', () => {
  for (const [stateDirectory, runtimeDirectory, isRoot, path] of [
    ['/var/lib/emf-pxe', '/run/emf-pxe', false, '/run/emf-pxe/control.sock'],
    ['/srv/state', '/run/a:/run/b', true, '/run/a/control.sock'],
    ['/var/lib/emf-pxe', undefined, true, '/run/emf-pxe/control.sock'],
    ['/var/lib/emf-pxe', undefined, false, '/var/lib/emf-pxe/control.sock'],
    ['/srv/state', undefined, true, '/srv/state/control.sock'],
  ] as const) {
    test(`${stateDirectory}, ${runtimeDirectory ?? 'no runtime directory'}, ${isRoot ? 'root' : 'a user'}`, () => {
      assert.equal(controlSocketPath(stateDirectory, { runtimeDirectory, isRoot }), path)
    })
  }

  test('clients of a service below /var/lib look where systemd puts sockets too, of another one beside its state', () => {
    assert.deepEqual(controlSocketCandidates('/var/lib/emf-pxe'), [
      '/run/emf-pxe/control.sock',
      '/var/lib/emf-pxe/control.sock',
    ])
    assert.deepEqual(controlSocketCandidates('/var/lib/site/two/'), [
      '/run/site/two/control.sock',
      '/var/lib/site/two/control.sock',
    ])
    assert.deepEqual(controlSocketCandidates('/srv/state'), ['/srv/state/control.sock'])
  })

  test('no service: an error that says what to do', async () => {
    const error = await new ControlClient(newDirectory()).snapshot().catch((problem) => problem)
    assert.equal(error.code, 'SERVICE_NOT_RUNNING')
    assert.match(error.message, /there is no .*control\.sock/)
  })
})

describe('the control socket under attack', () => {
  for (const [name, bytes, status] of [
    ['junk', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
    ['huge headers', `GET /v1/snapshot HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`, 431],
    ['a body', 'POST /v1/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n', 413],
    ['a chunked body', 'POST /v1/reload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n', 413],
    ['a path that climbs', 'GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 404],
    ['a name of every object', 'GET /constructor HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 404],
    ['a method that changes', 'DELETE /v1/snapshot HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 405],
    ['two lengths', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n', 400],
  ] as const) {
    test(`${name}: refused, and the service goes on`, async () => {
      const { path, client, close } = await openSite()
      // Hanging up with bytes unread takes the answer with it at times: refused all the same.
      assert.match(await converse(path, bytes), new RegExp(`^(HTTP/1.1 ${status} |$)`))
      assert.equal((await client.snapshot()).schema, 'emf-pxe/live/1')
      await close()
    })
  }

  test('a header that never ends is cut off after some seconds', async () => {
    const { path, client, close } = await openSite()
    const startedMs = performance.now()
    const heard = await converse(path, 'GET /v1/snapshot HTTP/1.1\r\nX: ')
    assert.match(heard, /^HTTP\/1\.1 408 /)
    assert.ok(performance.now() - startedMs < 20_000)
    assert.equal((await client.snapshot()).schema, 'emf-pxe/live/1')
    await close()
  })

  test('2000 connections that say nothing: most are dropped, then others are served again', async () => {
    const { path, client, close } = await openSite()
    const sockets: Socket[] = Array.from({ length: 2000 }, () => createConnection({ path }))
    const settled = sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.on('error', () => resolve())
          socket.on('connect', () => resolve())
          socket.on('close', () => resolve())
        }),
    )
    await Promise.all(settled)
    for (const socket of sockets) socket.destroy()
    assert.equal((await client.snapshot()).schema, 'emf-pxe/live/1')
    await close()
  })

  test('more live views than there is room for are told so', async () => {
    const { client, close } = await openSite()
    const leave = new AbortController()
    const views = Array.from({ length: 32 }, () => client.feed(leave.signal))
    await Promise.all(views.map((view) => view.next()))
    await assert.rejects(client.feed(leave.signal).next(), { code: 'SERVICE_NOT_RUNNING' })
    leave.abort()
    await close()
  })

  test('a reader that reads nothing never has more than a message waiting for it', async () => {
    const { path, feed, publish, clock, close } = await openSite()
    const socket = createConnection({ path })
    await once(socket, 'connect')
    socket.pause()
    socket.write('GET /v1/feed HTTP/1.1\r\nHost: x\r\n\r\n')
    while (feed.subscribers === 0) await new Promise(setImmediate)
    const before = process.memoryUsage().rss
    for (let round = 0; round < 500; round++) {
      for (let index = 0; index < 50; index++)
        publish({
          ...offered,
          mac: `52:54:00:00:01:${index.toString(16).padStart(2, '0')}`,
        } as typeof offered)
      await clock.advance(200)
    }
    assert.ok(process.memoryUsage().rss - before < 100e6)
    socket.destroy()
    await close()
  })
})
