import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import type { ConfigInput } from '../../../src/config/schema.ts'
import type { Lan } from '../../support/namespaces.ts'

/** The source, or with `EMF_PXE_LAB_PROGRAM=dist/emf-pxe` the single binary. */
export const program =
  process.env.EMF_PXE_LAB_PROGRAM === undefined
    ? [
        process.execPath,
        '--disable-warning=ExperimentalWarning',
        join(import.meta.dirname, '../../../bin/run.ts'),
      ]
    : [resolve(process.env.EMF_PXE_LAB_PROGRAM)]

export interface ServerOptions {
  /** What the configuration says beside its NIC; a boot file at least. */
  readonly config?: Partial<ConfigInput>
  /** Beside this process's own. */
  readonly environment?: Readonly<Record<string, string>>
  /** Words before the program: a shell that puts it somewhere. */
  readonly before?: readonly string[]
}

/** `emf-pxe serve` in a namespace of its own, which can be killed and started again. */
export class StormServer {
  readonly address: string
  readonly namespace: string
  readonly stateDirectory: string
  options: ServerOptions = {}
  readonly #lan: Lan
  #child: ChildProcess | undefined
  #tail = ''

  constructor(lan: Lan, name: string, address: string, directory: string) {
    this.#lan = lan
    this.address = address
    this.namespace = lan.addHost(name, `${address}/16`)
    this.stateDirectory = join(directory, `state-${name}`)
    mkdirSync(this.stateDirectory)
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get mac(): string {
    return /link\/ether (\S+)/.exec(this.exec(['ip', 'link', 'show', 'e0']))?.[1] ?? ''
  }

  exec(command: readonly string[]): string {
    return this.#lan.exec(this.namespace, command)
  }

  /** Resolves when it serves. */
  async start(): Promise<void> {
    const { config, environment = {}, before = [] } = this.options
    const file = join(this.stateDirectory, 'config.yaml')
    const interfaces = [{ name: 'e0', address: this.address }]
    writeFileSync(file, stringify({ interfaces, ...config } satisfies ConfigInput))
    // `ip netns exec` becomes the program, so its process is the server's.
    this.#child = this.#lan.spawn(
      this.namespace,
      [...before, ...program, 'serve', '--config', file, '--state-dir', this.stateDirectory],
      { env: { ...process.env, ...environment } },
    )
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#tail = (this.#tail + chunk.toString()).slice(-100_000)
      })
    await this.printed('service.started')
  }

  /** Resolves when the server has printed the word, or at once when it lately did. */
  async printed(word: string): Promise<void> {
    const child = this.#child
    if (child === undefined) throw new Error('not started')
    await new Promise<void>((resolve, reject) => {
      const look = () => this.#tail.includes(word) && resolve()
      child.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${this.#tail}`)))
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', look)
      look()
    })
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  async kill(): Promise<void> {
    if (this.#child === undefined) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
    this.#tail = ''
  }
}
