import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Identity } from '../../../src/demo/orchestrator-certificates.ts'
import { sendFile, servedFile } from '../../../src/demo/orchestrator-files.ts'
import { createHttpClient, type HttpClient } from '../../../src/orchestrator/http.ts'

/** What the server does with one request. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void

export const filePath = '/tink-stack/signed_ipxe.efi'

/**
 * An HTTPS server on loopback that answers each request with the next behaviour of its script, and the
 * last one for ever after. It remembers the headers of every request.
 */
export class FileServer {
  readonly requests: IncomingMessage['headers'][] = []
  readonly url: string
  readonly client: HttpClient
  readonly #server: https.Server
  readonly #port: number
  #script: Behaviour[] = []

  private constructor(server: https.Server, host: string, pinnedSha256: string) {
    this.#server = server
    this.#port = (server.address() as AddressInfo).port
    this.url = `https://${host}${filePath}`
    this.client = this.clientThatTrusts(pinnedSha256)
    server.on('request', (request, response) => {
      this.requests.push(request.headers)
      const [behaviour] = this.#script.length > 1 ? this.#script.splice(0, 1) : this.#script
      behaviour?.(request, response)
    })
  }

  static async start(identity: Identity): Promise<FileServer> {
    const server = https.createServer({ key: identity.keyPem, cert: identity.certificatePem })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new FileServer(server, identity.commonName, identity.sha256)
  }

  clientThatTrusts(pinnedSha256: string): HttpClient {
    return createHttpClient({
      trust: { extraAuthorities: [], pinnedSha256 },
      connectTo: () => ({ host: '127.0.0.1', port: this.#port }),
    })
  }

  /** Sets the script and forgets the requests so far. */
  play(...script: Behaviour[]): void {
    this.#script = script
    this.requests.length = 0
  }

  /** Nobody listens until `listen` is called: connections are refused. */
  async stopListening(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async listenAgain(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

const lastModified = new Date(Date.UTC(2026, 0, 2, 3, 4, 5))

/** A static file as nginx serves it: validators, conditions and ranges. */
export function file(bytes: Buffer): Behaviour {
  return (request, response) => sendFile(request, response, servedFile(bytes, lastModified))
}

export function status(code: number, headers: Record<string, string> = {}, body = ''): Behaviour {
  return (_, response) => response.writeHead(code, headers).end(body)
}

export interface CutOptions {
  /** Validator to give; default: the same as `file` gives. */
  readonly etag?: string | undefined
  /** What happens after the part: the connection ends, or stays open and silent. */
  readonly ending?: 'cut' | 'silence'
  /** Say how long the file is. Default true. */
  readonly announce?: boolean
}

/** The first `part` (0 to 1) of the rest that is asked for. */
export function partOf(bytes: Buffer, part: number, options: CutOptions = {}): Behaviour {
  const etag = 'etag' in options ? options.etag : servedFile(bytes, lastModified).etag
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const rest = bytes.subarray(from)
    const headers: Record<string, string> = etag === undefined ? {} : { etag }
    if (options.announce !== false) headers['content-length'] = String(rest.length)
    if (from > 0) headers['content-range'] = `bytes ${from}-${bytes.length - 1}/${bytes.length}`
    response.writeHead(from > 0 ? 206 : 200, headers)
    response.write(rest.subarray(0, Math.floor(rest.length * part)), () => {
      if (options.ending !== 'silence') response.socket?.destroy()
    })
  }
}
