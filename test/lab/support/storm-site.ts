import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { buildStormClient, type StormResult } from '../../../bench/storm.ts'
import { fillerFile } from '../../../src/demo/micro-os.ts'
import { Lan } from '../../support/namespaces.ts'
import { type ServerOptions, StormServer } from './storm-server.ts'

const fileBytes = 1_080_320

export interface StormOptions {
  readonly nodes: number
  readonly rttMs?: number
  /** Time over which the nodes begin, one after the other. */
  readonly spreadMs?: number
  /** How often a node that failed begins again. */
  readonly boots?: number
  /** The file that the server may change to. */
  readonly other?: string
  /** A second server, asked by every other node, and by turns when a boot failed. */
  readonly second?: string
}

/** Servers on one LAN, and a namespace for a storm of nodes. */
export class StormSite {
  readonly lan = new Lan()
  readonly directory = mkdtempSync(join(tmpdir(), 'emf-pxe-storm-'))
  readonly bootFile = join(this.directory, 'ipxe.efi')
  readonly bytes = fillerFile('storm', fileBytes)
  readonly server: StormServer
  readonly nodes: string
  readonly #client: string
  readonly #closers: (() => void)[] = []

  private constructor() {
    this.server = this.addServer('server', '10.82.0.1')
    this.nodes = this.lan.addHost('nodes', '10.82.0.2/16')
    // Every node has an address of its own; the storm takes them in turn.
    this.lan.exec(this.nodes, ['ip', 'route', 'add', 'local', '10.82.16.0/20', 'dev', 'e0'])
    writeFileSync(this.bootFile, this.bytes)
    this.#client = buildStormClient(this.directory)
  }

  /** Closed when the test ends; its server is not started yet. */
  static open(context: TestContext): StormSite {
    const site = new StormSite()
    context.after(() => site.close())
    return site
  }

  /** Serving the boot file, with what `options` say differently; closed when the test ends. */
  static async serving(context: TestContext, options: ServerOptions = {}): Promise<StormSite> {
    const site = StormSite.open(context)
    await site.serve(options)
    return site
  }

  async serve({ config, ...options }: ServerOptions = {}): Promise<void> {
    this.server.options = { config: { bootFiles: { x64: this.bootFile }, ...config }, ...options }
    await this.server.start()
  }

  addServer(name: string, address: string): StormServer {
    return new StormServer(this.lan, name, address, this.directory)
  }

  /** Something to undo before the directory is removed, last one first. */
  onClose(undo: () => void): void {
    this.#closers.push(undo)
  }

  async storm(options: StormOptions): Promise<StormResult> {
    const { nodes, rttMs = 0, spreadMs = 0, boots = 1, other, second } = options
    const child = this.lan.spawn(this.nodes, [
      ...[this.#client, '--server', this.server.address, '--from', '10.82.16.1', '--file', this.bootFile],
      ...['--nodes', String(nodes), '--rtt', String(rttMs), '--boots', String(boots)],
      ...['--spread', String(spreadMs)],
      ...(other === undefined ? [] : ['--other', other]),
      ...(second === undefined ? [] : ['--second', second]),
    ])
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    child.stderr?.resume()
    await once(child, 'close')
    return JSON.parse(text) as StormResult
  }

  close(): void {
    this.lan.close()
    for (const undo of this.#closers.reverse()) undo()
    rmSync(this.directory, { recursive: true, force: true })
  }
}
