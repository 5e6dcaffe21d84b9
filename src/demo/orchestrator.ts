import { once } from 'node:events'
import type http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import tls from 'node:tls'
import type { Lookup } from '../orchestrator/lookup.ts'
import type { Destination } from '../orchestrator/proxy.ts'
import { type ApiAnswer, OrchestratorApi } from './orchestrator-api.ts'
import { type Identity, type IdentityRequest, makeIdentity } from './orchestrator-certificates.ts'
import { type Fault, Faults, misbehave } from './orchestrator-faults.ts'
import { type ServedFile, sendFile, servedFile } from './orchestrator-files.ts'
import { TokenDesk, type TokenRequest } from './orchestrator-tokens.ts'

/** Bytes, or how to make them for the endpoint's certificate of the day. */
export type FileContent = Buffer | ((endpoint: Identity) => Buffer | Promise<Buffer>)

export interface EmbeddedOrchestratorOptions {
  /** Default `edge.demo.test`. */
  readonly fqdn?: string
  /** Default 2026.0: `tinkerbell-haproxy`, `GET /v1/orchestrator`, wrapped uploads. */
  readonly release?: '2025.2' | '2026.0'
  /** By name below `/tink-stack/`, such as `signed_ipxe.efi`; `keys/Full_server.crt` is always there. */
  readonly files?: Readonly<Record<string, FileContent>>
  readonly account?: { readonly user: string; readonly password: string }
  readonly project?: string
  /** Default: loopback, a free port. */
  readonly listen?: { readonly address: string; readonly port: number }
  readonly now?: () => number
  readonly onRequest?: (request: LoggedRequest) => void
}

export interface LoggedRequest {
  readonly atMs: number
  readonly method: string
  readonly host: string
  readonly path: string
  readonly status: number
}

/**
 * An orchestrator in this process, on loopback, for the demo and the tests: HTTPS with an authority of
 * its own for the root domain and a self-signed certificate for the provisioning endpoint, the real
 * names and paths, and faults that can be switched while it runs.
 */
export class EmbeddedOrchestrator {
  readonly fqdn: string
  readonly provisioningHost: string
  /** Signs every certificate but the endpoint's: what `--ca-file` would name. */
  readonly authority: Identity
  readonly faults = new Faults()
  readonly requests: LoggedRequest[] = []
  readonly api: OrchestratorApi
  readonly #options: EmbeddedOrchestratorOptions
  readonly #now: () => number
  readonly #desk: TokenDesk
  readonly #server: https.Server
  readonly #root: { readonly key: string; readonly cert: string }
  readonly #rootContext: tls.SecureContext
  readonly #files = new Map<string, ServedFile>()
  #endpoint: Identity
  #endpointContext: tls.SecureContext

  private constructor(
    options: EmbeddedOrchestratorOptions,
    authority: Identity,
    root: Identity,
    endpoint: Identity,
  ) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.fqdn = fqdnOf(options)
    this.provisioningHost = provisioningHostOf(options)
    this.authority = authority
    this.#root = { key: root.keyPem, cert: root.certificatePem }
    this.#rootContext = contextOf(root)
    this.#endpoint = endpoint
    this.#endpointContext = contextOf(endpoint)
    this.#desk = new TokenDesk(`https://keycloak.${this.fqdn}/realms/master`, this.#now)
    this.api = new OrchestratorApi(
      {
        release: options.release ?? '2026.0',
        project: this.project,
        projectId: demoProjectId,
        account: options.account ?? { user: 'demo', password: 'demo-password' },
      },
      this.#desk,
    )
    this.#server = https.createServer({
      SNICallback: (name, done) => done(null, this.#contextFor(name)),
      ...this.#root,
    })
    this.#server.on('request', (request, response) => void this.#serve(request, response))
    this.#server.on('clientError', (_error, socket) => socket.destroy())
  }

  /** Makes certificates and files, and listens. */
  static async start(options: EmbeddedOrchestratorOptions = {}): Promise<EmbeddedOrchestrator> {
    const fqdn = fqdnOf(options)
    const authority = await makeIdentity({ commonName: `${fqdn} CA`, isAuthority: true })
    const names = [fqdn, `*.${fqdn}`]
    const root = await makeIdentity({ commonName: fqdn, names, issuer: authority })
    const endpoint = await makeIdentity({ commonName: provisioningHostOf(options) })
    const orchestrator = new EmbeddedOrchestrator(options, authority, root, endpoint)
    await orchestrator.#rebuildFiles()
    orchestrator.#server.listen(orchestrator.#listen.port, orchestrator.#listen.address)
    await once(orchestrator.#server, 'listening')
    return orchestrator
  }

  get #listen() {
    return this.#options.listen ?? { address: '127.0.0.1', port: 0 }
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get project(): string {
    return this.#options.project ?? 'demo-project'
  }

  /** The provisioning endpoint's certificate of the day. */
  get endpoint(): Identity {
    return this.#endpoint
  }

  /** For `ConnectOptions`: the orchestrator's names lead to this process, whatever the port. */
  readonly connectTo = (destination: Destination): Destination | undefined =>
    this.#knows(destination.host) ? { host: this.#listen.address, port: this.port } : undefined

  /** For `ConnectOptions`: a DNS that knows the orchestrator's names and no other. */
  readonly lookup: Lookup = async (name) => {
    if (this.#knows(name)) return [this.#listen.address]
    throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
  }

  /** Both, and no proxy: all that a client needs to find this orchestrator and nothing else. */
  get network() {
    return { connectTo: this.connectTo, lookup: this.lookup, environment: {} }
  }

  setFault(path: string, fault: Fault): void {
    this.faults.set(path, fault)
  }

  /** Replaces a file below `/tink-stack/`; undefined takes it away. */
  setFile(name: string, bytes: Buffer | undefined): void {
    if (bytes === undefined) this.#files.delete(name)
    else this.#files.set(name, servedFile(bytes, new Date(this.#now())))
  }

  file(name: string): Buffer | undefined {
    return this.#files.get(name)?.bytes
  }

  /**
   * Gives the endpoint a new certificate, as renewal does every nine months; `request` makes it
   * expired, wrongly named or signed by somebody. Files made from it follow, unless `keepFiles`.
   */
  async rotateCertificate(
    request: Partial<IdentityRequest> = {},
    { keepFiles = false }: { keepFiles?: boolean } = {},
  ): Promise<Identity> {
    this.#endpoint = await makeIdentity({ commonName: this.provisioningHost, ...request })
    this.#endpointContext = contextOf(this.#endpoint)
    this.#server.closeAllConnections()
    if (keepFiles) this.setFile('keys/Full_server.crt', Buffer.from(this.#endpoint.certificatePem))
    else await this.#rebuildFiles()
    return this.#endpoint
  }

  /** Which versions and ciphers of TLS it speaks from now on; the default is Node's. */
  limitTls(limits: Pick<tls.SecureContextOptions, 'minVersion' | 'maxVersion' | 'ciphers'>): void {
    this.#server.setSecureContext({ ...this.#root, ...limits })
    this.#server.closeAllConnections()
  }

  issueToken(request: Partial<TokenRequest> = {}): string {
    return this.#desk.issue({ user: 'demo', projectId: demoProjectId, ...request })
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #knows(name: string): boolean {
    return [this.fqdn, `api.${this.fqdn}`, `keycloak.${this.fqdn}`, this.provisioningHost].includes(name)
  }

  #contextFor(name: string): tls.SecureContext {
    return name === this.provisioningHost ? this.#endpointContext : this.#rootContext
  }

  async #rebuildFiles(): Promise<void> {
    this.setFile('keys/Full_server.crt', Buffer.from(this.#endpoint.certificatePem))
    for (const [name, content] of Object.entries(this.#options.files ?? {}))
      this.setFile(name, Buffer.isBuffer(content) ? content : await content(this.#endpoint))
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'https://placeholder')
    const host = (request.headers.host ?? '').replace(/:\d+$/, '')
    response.once('close', () => this.#log(request, host, url.pathname, response.statusCode))
    const body = await bodyOf(request)
    const file = this.#fileFor(host, url.pathname)
    const fault = this.faults.take(url.pathname)
    if (fault !== undefined) return misbehave(fault, response, file?.bytes ?? Buffer.from('demo\n'))
    if (file !== undefined) return sendFile(request, response, file)
    const asked = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      authorization: request.headers.authorization,
      body,
    }
    if (host === `api.${this.fqdn}`) return sendAnswer(response, this.api.answer(asked))
    if (host === `keycloak.${this.fqdn}` && url.pathname.endsWith('/protocol/openid-connect/token'))
      return sendAnswer(response, this.api.signIn(asked))
    response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n')
  }

  #fileFor(host: string, path: string): ServedFile | undefined {
    if (host === this.fqdn && path === '/boots/ca.crt') return this.#files.get('keys/Full_server.crt')
    if (host !== this.provisioningHost || !path.startsWith('/tink-stack/')) return undefined
    return this.#files.get(path.slice('/tink-stack/'.length))
  }

  #log(request: http.IncomingMessage, host: string, path: string, status: number): void {
    const entry = { atMs: this.#now(), method: request.method ?? 'GET', host, path, status }
    this.requests.push(entry)
    this.#options.onRequest?.(entry)
  }
}

/** Tokens and groups name the project by this. */
export const demoProjectId = '7c1f1d0e-3b0a-4d5e-9a54-0d0c5a1e7f42'

function fqdnOf(options: EmbeddedOrchestratorOptions): string {
  return options.fqdn ?? 'edge.demo.test'
}

function provisioningHostOf(options: EmbeddedOrchestratorOptions): string {
  const service = options.release === '2025.2' ? 'tinkerbell-nginx' : 'tinkerbell-haproxy'
  return `${service}.${fqdnOf(options)}`
}

function contextOf(identity: Identity): tls.SecureContext {
  return tls.createSecureContext({ key: identity.keyPem, cert: identity.certificatePem })
}

async function bodyOf(request: http.IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}

function sendAnswer(response: http.ServerResponse, answer: ApiAnswer): void {
  response.writeHead(answer.status, { 'content-type': 'application/json' })
  response.end(answer.body === undefined ? '' : JSON.stringify(answer.body))
}
