import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConfigInput } from '../../../src/config/schema.ts'
import { Program } from './program.ts'
import type { Site } from './site.ts'

const root = join(import.meta.dirname, '../../..')
const fromSource = [process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'bin/run.ts')]

/** One line of the engine's JSON log: an event as published, with `level` and `message`. */
export interface LoggedEvent {
  readonly event: string
  readonly level: string
  readonly message: string
  readonly [field: string]: unknown
}

/** `emf-pxe serve` in the site's `pxe` namespace, started as an administrator does. */
export class Engine {
  readonly #program: Program

  private constructor(program: Program) {
    this.#program = program
  }

  /** Starts it and waits until it answers on its interfaces. */
  static async start(site: Site, config: ConfigInput): Promise<Engine> {
    const stateDirectory = join(site.directory, 'state')
    const configFile = join(site.directory, 'config.yaml')
    mkdirSync(stateDirectory, { recursive: true })
    // JSON is YAML too.
    writeFileSync(configFile, JSON.stringify(config))
    const command = [...fromSource, 'serve', '--config', configFile]
    const flags = ['--state-dir', stateDirectory, '--log-level', 'debug']
    const child = site.lan.spawn(site.pxe, [...command, ...flags])
    const engine = new Engine(new Program(child, 'emf-pxe serve'))
    await engine.waitFor(/"event":"service\.started"/, 20_000)
    return engine
  }

  get text(): string {
    return this.#program.output.text
  }

  waitFor(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
    return this.#program.output.waitFor(pattern, timeoutMs)
  }

  /** All events so far, or those of one type. */
  events(type?: string): LoggedEvent[] {
    const lines = this.text.split('\n').filter((line) => line.startsWith('{'))
    const events = lines.map((line) => JSON.parse(line) as LoggedEvent)
    return type === undefined ? events : events.filter(({ event }) => event === type)
  }

  /** Asks it to stop; returns its exit code. */
  stop(): Promise<number | null> {
    return this.#program.stop('SIGTERM')
  }
}
