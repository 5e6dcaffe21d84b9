import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { ListenOptions } from 'node:net'

/** One answer; a streaming handler writes to `response` itself and returns nothing. */
export interface Answer {
  readonly status: number
  readonly type?: string
  readonly body?: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
) => Answer | undefined | Promise<Answer | undefined>

/** By method and path: `GET /metrics`. */
export type Routes = Readonly<Record<string, Handler>>

export interface HttpServerOptions {
  readonly listen: ListenOptions
  readonly routes: Routes
  /** Sent with every answer. */
  readonly headers?: Readonly<Record<string, string>>
  /** Looks at a request before its route does; an answer refuses it. */
  readonly guard?: (request: IncomingMessage) => Answer | undefined
}

export interface HttpServer {
  /** TCP port; undefined for a socket in the file system. */
  readonly port: number | undefined
  close(): Promise<void>
}

/** What a local observer needs, and no more: nobody can hold memory or sockets for long. */
const patience = {
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 8_192,
} as const
const mostConnections = 128

/**
 * A small HTTP server for local observers: exact routes, no request bodies, strict limits. Rejects
 * when it cannot listen.
 */
export async function openHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer(patience, (request, response) => void answer(options, request, response))
  server.maxConnections = mostConnections
  server.maxRequestsPerSocket = 1_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.listen, () => {
      server.off('error', reject)
      // A failed accept (no file descriptor left) must not end the service.
      server.on('error', () => {})
      resolve()
    })
  })
  return { port: portOf(server), close: () => closeServer(server) }
}

async function answer(
  options: HttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.on('error', () => response.destroy())
  try {
    const given = options.guard?.(request) ?? refuseBody(request) ?? (await route(options, request, response))
    if (given !== undefined) send(given, options.headers, request, response)
  } catch {
    if (response.headersSent) response.destroy()
    else send({ status: 500, body: 'internal error\n' }, options.headers, request, response)
  }
}

async function route(
  { routes }: HttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer | undefined> {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const handler = Object.hasOwn(routes, `${method} ${path}`) ? routes[`${method} ${path}`] : undefined
  if (handler !== undefined) return handler(request, response)
  const allowed = Object.keys(routes).filter((key) => key.endsWith(` ${path}`))
  if (allowed.length === 0) return { status: 404, body: 'not found\n' }
  const allow = allowed.map((key) => key.split(' ', 1)[0]).join(', ')
  return { status: 405, body: 'method not allowed\n', headers: { allow } }
}

/** Nothing here takes a body. */
function refuseBody({ headers }: IncomingMessage): Answer | undefined {
  const length = Number(headers['content-length'] ?? 0)
  if (length === 0 && headers['transfer-encoding'] === undefined) return undefined
  return { status: 413, body: 'no request body is read here\n', headers: { connection: 'close' } }
}

function send(
  { status, type = 'text/plain; charset=utf-8', body = '', headers = {} }: Answer,
  always: HttpServerOptions['headers'],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const length = Buffer.byteLength(body)
  response.writeHead(status, {
    'content-type': type,
    'content-length': length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...always,
    ...headers,
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** As JSON, with a line break for people with curl. */
export function json(value: unknown, status = 200): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n` }
}

function portOf(server: Server): number | undefined {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : undefined
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}
