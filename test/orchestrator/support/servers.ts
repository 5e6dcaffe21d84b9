import dgram from 'node:dgram'
import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import tls from 'node:tls'
import type { Identity } from '../../../src/demo/orchestrator-certificates.ts'

/** A server on loopback that a test started; `close` ends it with every connection. */
export interface TestServer {
  readonly port: number
  close(): Promise<void>
}

/** A TCP server that does `onConnection` with each connection. */
export async function tcpServer(onConnection: (socket: net.Socket) => void): Promise<TestServer> {
  return listening(net.createServer(onConnection))
}

const hello = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'

/** A TLS server with this certificate that answers every request with the same bytes. */
export async function tlsServer(
  identity: Identity,
  options: tls.TlsOptions = {},
  answer = hello,
): Promise<TestServer> {
  const server = tls.createServer({ key: identity.keyPem, cert: identity.certificatePem, ...options })
  server.on('tlsClientError', () => undefined)
  server.on('secureConnection', (socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(answer))
  })
  return listening(server)
}

export interface ProxyRequest {
  readonly target: string
  readonly authorization: string | undefined
}

/**
 * A CONNECT proxy. `decide` gives the status for a target; with 200 the tunnel leads to
 * `127.0.0.1:portOf(target)`. With an identity it speaks TLS to its clients.
 */
export async function connectProxy(
  decide: (request: ProxyRequest) => number,
  portOf: () => number,
  identity?: Identity,
): Promise<TestServer & { readonly seen: ProxyRequest[] }> {
  const seen: ProxyRequest[] = []
  const handler = http.createServer().on('connect', (request, client) => {
    const asked = { target: request.url ?? '', authorization: request.headers['proxy-authorization'] }
    seen.push(asked)
    const status = decide(asked)
    const challenge = status === 407 ? 'Proxy-Authenticate: Basic realm="site"\r\n' : ''
    client.on('error', () => undefined)
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\n${challenge}\r\n`)
      return
    }
    const upstream = net.connect(portOf(), '127.0.0.1')
    upstream.on('error', () => client.destroy())
    upstream.on('close', () => client.destroy())
    client.on('close', () => upstream.destroy())
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    client.pipe(upstream).pipe(client)
  })
  const server =
    identity === undefined
      ? handler
      : tls.createServer({ key: identity.keyPem, cert: identity.certificatePem }, (socket) =>
          handler.emit('connection', socket),
        )
  return { ...(await listening(server)), seen }
}

/** A DNS server that answers every question with this code (RFC 1035 §4.1.1), or never. */
export async function dnsServer(
  answer: { code: number; address?: string } | 'silent',
): Promise<TestServer & { readonly address: string }> {
  const socket = dgram.createSocket('udp4')
  socket.on('message', (question, from) => {
    if (answer !== 'silent') socket.send(dnsAnswer(question, answer), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  const close = async () => {
    socket.close()
  }
  return { port, address: `127.0.0.1:${port}`, close }
}

/** Header, the question as asked, and one A record that points back to the question's name. */
function dnsAnswer(question: Buffer, { code, address }: { code: number; address?: string }): Buffer {
  const reply = Buffer.from(question.subarray(0, endOfQuestion(question)))
  reply.writeUInt16BE(0x8180 | code, 2)
  reply.writeUInt16BE(address === undefined ? 0 : 1, 6)
  reply.writeUInt16BE(0, 8)
  reply.writeUInt16BE(0, 10)
  if (address === undefined) return reply
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)])
  return Buffer.concat([reply, record])
}

function endOfQuestion(message: Buffer): number {
  let at = 12
  while ((message[at] ?? 0) !== 0) at += (message[at] ?? 0) + 1
  return at + 5
}

async function listening(server: net.Server): Promise<TestServer> {
  const open = new Set<net.Socket>()
  server.on('connection', (socket: net.Socket) => {
    open.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => open.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
