import { once } from 'node:events'
import http from 'node:http'
import type { TLSSocket } from 'node:tls'
import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import { readBody } from './body.ts'
import { connectVerified } from './connect.ts'
import type { Destination } from './proxy.ts'
import { redact } from './secret.ts'
import { type ConnectOptions, defaultTimeoutMs, step } from './step.ts'

/** One HTTPS exchange at a time, each over a connection of its own: every answer shows today's certificate. */
export interface HttpClient {
  /** @throws EmfPxeError; any HTTP status is an answer, not an error (see `expectStatus`). */
  get(url: string, options?: HttpRequestOptions): Promise<HttpResponse>
  post(url: string, body: HttpRequestBody, options?: HttpRequestOptions): Promise<HttpResponse>
}

export interface HttpRequestOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Longest silence tolerated at each step, and between two parts of the body. */
  readonly timeoutMs?: number
}

export interface HttpRequestBody {
  /** Media type, such as `application/json`. */
  readonly type: string
  readonly content: string | Uint8Array
}

export interface HttpResponse {
  /** What was asked for. */
  readonly url: string
  readonly status: number
  /** Names in lower case; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** As sent. Read it to its end, leave the loop, or `discard` it. Fails with RESPONSE_STALLED or RESPONSE_TRUNCATED. */
  readonly body: AsyncIterable<Uint8Array>
  /** DER of the certificate that the server showed. */
  readonly peerCertificate?: Buffer
}

export type HttpClientOptions = ConnectOptions

/** A client that trusts what `options.trust` says and nobody else. Redirects are answers, never followed. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  return {
    get: (url, request = {}) => exchange('GET', url, undefined, { ...options, ...request }, request.headers),
    post: (url, body, request = {}) =>
      exchange('POST', url, body, { ...options, ...request }, request.headers),
  }
}

async function exchange(
  method: string,
  url: string,
  body: HttpRequestBody | undefined,
  options: ConnectOptions,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpResponse> {
  const parsed = parseHttpsUrl(url)
  const at = destinationOf(parsed)
  const { socket, peer } = await connectVerified(at, options)
  const request = http.request({
    method,
    path: `${parsed.pathname}${parsed.search}`,
    headers: { host: parsed.host, ...standardHeaders, ...bodyHeaders(body), ...headers },
    createConnection: () => socket,
  })
  request.on('error', () => undefined)
  const answered = once(request, 'response') as Promise<[http.IncomingMessage]>
  request.end(body?.content)
  const patience = { ...options, timeoutMs: (options.timeoutMs ?? defaultTimeoutMs) + uploadMs(body) }
  const [message] = await step('http', at, patience, answered, () => socket.destroy())
  message.on('error', () => undefined)
  return asResponse(url, message, socket, peer.leaf.der, options, at)
}

/** Time to send a body on a slow line, 10 kB/s. */
function uploadMs(body: HttpRequestBody | undefined): number {
  return body === undefined ? 0 : Buffer.byteLength(body.content) / 10
}

const standardHeaders = { 'user-agent': 'emf-pxe', 'accept-encoding': 'identity', connection: 'close' }

function bodyHeaders(body: HttpRequestBody | undefined): Record<string, string> {
  if (body === undefined) return {}
  return { 'content-type': body.type, 'content-length': String(Buffer.byteLength(body.content)) }
}

function asResponse(
  url: string,
  message: http.IncomingMessage,
  socket: TLSSocket,
  peerCertificate: Buffer,
  options: ConnectOptions,
  at: Destination,
): HttpResponse {
  return {
    url,
    status: message.statusCode ?? 0,
    headers: joinedHeaders(message.headers),
    body: readBody(message, socket, at, options),
    peerCertificate,
  }
}

function joinedHeaders(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  )
}

/** @throws EmfPxeError USAGE for anything that is not an https URL. */
export function parseHttpsUrl(url: string): URL {
  const parsed = URL.parse(url)
  if (parsed?.protocol === 'https:' && parsed.hostname !== '') return parsed
  throw new EmfPxeError('USAGE', {
    message: `“${escapeText(redact(url))}” is not an https URL`,
    hint: 'Give a whole address such as https://host.example.com/path/file',
  })
}

export function destinationOf(url: URL): Destination {
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 443 : Number(url.port),
  }
}
