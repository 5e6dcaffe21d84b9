import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { EmfPxeError } from '../errors/error.ts'
import type { ServedFile } from './boot-files.ts'

export interface HttpBootOptions {
  readonly address: string
  readonly port: number
  readonly lookup: (name: string) => ServedFile | undefined
  /** A whole file was delivered. */
  readonly onServed: (delivery: {
    address: string
    file: string
    totalBytes: number
    durationMs: number
  }) => void
  /** Longest silence of a connection; firmware that was switched off never closes its own. Default: 30 s. */
  readonly idleMs?: number
}

/**
 * The boot files over plain http, for UEFI HTTP boot on site. edk2 asks HEAD for the size and
 * then GET for the whole file; nothing else is answered, and nothing but exact names is served.
 */
export class HttpBootServer {
  readonly #server: Server
  readonly #options: HttpBootOptions

  private constructor(options: HttpBootOptions) {
    this.#options = options
    this.#server = createServer(
      { requestTimeout: 10_000, headersTimeout: 10_000, keepAliveTimeout: 2_000 },
      (request, response) => this.#answer(request, response),
    )
    this.#server.maxConnections = 2_000
    this.#server.timeout = options.idleMs ?? 30_000
  }

  /** Rejects with PORT_IN_USE when another program has the port. */
  static async open(options: HttpBootOptions): Promise<HttpBootServer> {
    const boot = new HttpBootServer(options)
    await new Promise<void>((resolve, reject) => {
      boot.#server.once('error', (cause) => reject(openError(options, cause)))
      boot.#server.listen(options.port, options.address, resolve)
    })
    return boot
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : this.#options.port
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const file = this.#options.lookup(nameIn(request.url ?? ''))
    if (request.method !== 'GET' && request.method !== 'HEAD') refuse(response, 405)
    else if (file === undefined) refuse(response, 404)
    else this.#serve(file, request, response)
  }

  #serve(file: ServedFile, request: IncomingMessage, response: ServerResponse): void {
    // `application/efi` is the media type that UEFI 2.10 §24.7.3.1 names for an EFI executable.
    response.writeHead(200, { 'content-type': 'application/efi', 'content-length': file.bytes.length })
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    const startedAtMs = performance.now()
    response.on('finish', () => {
      const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
      const durationMs = performance.now() - startedAtMs
      this.#options.onServed({ address, file: file.name, totalBytes: file.bytes.length, durationMs })
    })
    response.end(file.bytes)
  }
}

/** A path, or the whole URL, which every server must understand (RFC 9112 §3.2.2). */
function nameIn(target: string): string {
  return target.replace(/^http:\/\/[^/]*/i, '').replace(/^\//, '')
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 0 }).end()
}

function openError(options: HttpBootOptions, cause: Error): Error {
  if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') return cause
  return new EmfPxeError('PORT_IN_USE', {
    message: `TCP ${options.address}:${options.port} is held by another program, wanted for HTTP boot`,
    hint: 'Set `httpBoot.port` in the configuration to a free port.',
    cause,
  })
}
