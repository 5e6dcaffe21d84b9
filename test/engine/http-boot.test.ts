import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { HttpBootServer } from '../../src/engine/http-boot.ts'

const bytes = Buffer.alloc(16 * 1024 * 1024, 'more than any socket holds ')
const host = '127.0.0.1'

async function open(context: TestContext, idleMs?: number) {
  const served: string[] = []
  const server = await HttpBootServer.open({
    address: host,
    port: 0,
    lookup: (name) =>
      name === 'ipxe.efi'
        ? { name, architecture: 'x64', bytes, sha256: '', path: '/boot/ipxe.efi' }
        : undefined,
    onServed: ({ file, totalBytes, address }) => served.push(`${file} ${totalBytes} ${address}`),
    ...(idleMs === undefined ? {} : { idleMs }),
  })
  context.after(() => server.close())
  return { port: server.port, served }
}

/** However it ends: what was not sent any more is a reset. */
function closed(socket: Socket): Promise<unknown> {
  socket.on('error', () => {})
  return new Promise((resolve) => socket.once('close', resolve))
}

/** Everything that comes back for one request line. */
async function ask(port: number, line: string): Promise<{ head: string; body: Buffer }> {
  const socket = connect(port, host)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.write(`${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  await once(socket, 'close')
  const all = Buffer.concat(chunks)
  const end = all.indexOf('\r\n\r\n')
  return { head: all.subarray(0, end).toString(), body: all.subarray(end + 4) }
}

test('edk2 asks HEAD for the size, then GET for the file, and that is one delivery', async (context) => {
  const { port, served } = await open(context)
  const size = await ask(port, 'HEAD /ipxe.efi')
  assert.match(size.head, /^HTTP\/1\.1 200 /)
  assert.match(size.head, new RegExp(`^content-length: ${bytes.length}$`, 'im'))
  assert.equal(size.body.length, 0)
  assert.deepEqual(served, [])
  const file = await ask(port, 'GET /ipxe.efi')
  assert.ok(file.body.equals(bytes))
  assert.deepEqual(served, [`ipxe.efi ${bytes.length} ${host}`])
})

const rows: [line: string, status: number][] = [
  ['GET http://10.0.0.2:8080/ipxe.efi', 200],
  ['GET HTTP://10.0.0.2/ipxe.efi', 200],
  ['GET /', 404],
  ['GET /IPXE.EFI', 404],
  ['GET /../ipxe.efi', 404],
  ['GET /%69pxe.efi', 404],
  ['GET /ipxe.efi?again', 404],
  ['GET http://10.0.0.2/other/ipxe.efi', 404],
  ['POST /ipxe.efi', 405],
  ['DELETE /ipxe.efi', 405],
]
for (const [line, status] of rows)
  test(`${line}: ${status}`, async (context) => {
    const { port } = await open(context)
    const { head } = await ask(port, line.replace('GET', status === 200 ? 'HEAD' : 'GET'))
    assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} `))
  })

test('a node that stops reading is let go, and is no delivery', async (context) => {
  const { port, served } = await open(context, 50)
  const socket = connect(port, host)
  socket.pause()
  socket.write(`GET /ipxe.efi HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  // Others that say nothing are let go, one after the other; the first time a reader that took something gets off.
  for (let others = 0; others < 5; others++) await closed(connect(port, host))
  socket.resume()
  await closed(socket)
  assert.ok(socket.bytesRead < bytes.length, `${socket.bytesRead} bytes`)
  assert.deepEqual(served, [])
})
