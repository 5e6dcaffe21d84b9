import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestContext } from 'node:test'
import { stringify } from 'yaml'
import { buildStormClient, type StormResult } from '../../../bench/storm.ts'
import type { ConfigInput } from '../../../src/config/schema.ts'
import { fillerFile } from '../../../src/demo/micro-os.ts'
import { Lan } from '../../support/namespaces.ts'

/** The source, or with `EMF_PXE_LAB_PROGRAM=dist/emf-pxe` the single binary. */
const program =
  process.env.EMF_PXE_LAB_PROGRAM === undefined
    ? [
        process.execPath,
        '--disable-warning=ExperimentalWarning',
        join(import.meta.dirname, '../../../bin/run.ts'),
      ]
    : [resolve(process.env.EMF_PXE_LAB_PROGRAM)]
const fileBytes = 1_080_320

/** One server that can be killed and started again, and a namespace for a storm of nodes. */
export class StormSite {
  readonly lan = new Lan()
  readonly address = '10.82.0.1'
  readonly server: string
  readonly nodes: string
  readonly directory = mkdtempSync(join(tmpdir(), 'emf-pxe-storm-'))
  readonly bootFile = join(this.directory, 'ipxe.efi')
  readonly bytes = fillerFile('storm', fileBytes)
  readonly #client: string
  readonly #config: Partial<ConfigInput>
  #child: ChildProcess | undefined

  private constructor(config: Partial<ConfigInput>) {
    this.#config = config
    this.server = this.lan.addHost('server', `${this.address}/16`)
    this.nodes = this.lan.addHost('nodes', '10.82.0.2/16')
    // Every node has an address of its own; the storm takes them in turn.
    this.lan.exec(this.nodes, ['ip', 'route', 'add', 'local', '10.82.16.0/20', 'dev', 'e0'])
    mkdirSync(join(this.directory, 'state'))
    writeFileSync(this.bootFile, this.bytes)
    this.#client = buildStormClient(this.directory)
  }

  /** Serving, with what `config` says differently; closed when the test ends. */
  static async open(context: TestContext, config: Partial<ConfigInput> = {}): Promise<StormSite> {
    const site = new StormSite(config)
    context.after(() => site.close())
    await site.startServer()
    return site
  }

  get serverPid(): number {
    return this.#child?.pid ?? 0
  }

  get serverMac(): string {
    const link = this.lan.exec(this.server, ['ip', 'link', 'show', 'e0'])
    return /link\/ether (\S+)/.exec(link)?.[1] ?? ''
  }

  async startServer(): Promise<void> {
    const config: ConfigInput = {
      interfaces: [{ name: 'e0', address: this.address }],
      bootFiles: { x64: this.bootFile },
      ...this.#config,
    }
    const file = join(this.directory, 'config.yaml')
    writeFileSync(file, stringify(config))
    // `ip netns exec` becomes the program, so its process is the server's.
    this.#child = this.lan.spawn(this.server, [
      ...[...program, 'serve', '--config', file],
      ...['--state-dir', join(this.directory, 'state')],
    ])
    await printed(this.#child, 'service.started')
  }

  async killServer(): Promise<void> {
    if (this.#child === undefined) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }

  async storm(options: { nodes: number; rttMs?: number; boots?: number }): Promise<StormResult> {
    const words = ['--server', this.address, '--from', '10.82.16.1', '--file', this.bootFile]
    const { nodes, rttMs = 0, boots = 1 } = options
    const numbers = ['--nodes', String(nodes), '--rtt', String(rttMs), '--boots', String(boots)]
    const child = this.lan.spawn(this.nodes, [this.#client, ...words, ...numbers])
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    await once(child, 'close')
    return JSON.parse(text) as StormResult
  }

  close(): void {
    this.lan.close()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

function printed(child: ChildProcess, word: string): Promise<void> {
  let text = ''
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${text}`)))
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        if (text.length < 10_000) text += chunk.toString()
        if (text.includes(word)) resolve()
      })
  })
}
