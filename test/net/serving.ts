import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ConfigInput } from '../../src/config/schema.ts'
import type { Lan } from '../support/namespaces.ts'

export interface LoggedEvent {
  readonly event: string
  readonly [field: string]: unknown
}

/** `emf-pxe serve` in a namespace, and what it logs. */
export interface Serving {
  /** The next event of these types, counted from the last one waited for; rejects when the program ends. */
  readonly next: (...types: string[]) => Promise<LoggedEvent>
}

export const bootFile = Buffer.alloc(100_000, 'a boot file of some length ')

/** Starts the service from source as an administrator would, with a configuration and a boot file of its own. */
export function startServing(lan: Lan, namespace: string, config: ConfigInput): Serving {
  const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-serving-'))
  const [file, configFile] = [join(directory, 'ipxe.efi'), join(directory, 'config.yaml')]
  writeFileSync(file, bootFile)
  // JSON is YAML too.
  writeFileSync(configFile, JSON.stringify({ bootFiles: { x64: file }, ...config }))
  const program = [process.execPath, '--disable-warning=ExperimentalWarning', 'bin/run.ts', 'serve']
  const flags = ['--config', configFile, '--state-dir', directory]
  const child = lan.spawn(namespace, [...program, ...flags], { cwd: join(import.meta.dirname, '../..') })

  const events: LoggedEvent[] = []
  const waiting: (() => void)[] = []
  const wake = () => {
    for (const task of waiting.splice(0)) task()
  }
  let printed = ''
  let ended = false
  child.stderr?.on('data', (text) => {
    printed += text
  })
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{')) events.push(JSON.parse(line))
      wake()
    })
  child.once('close', () => {
    ended = true
    rmSync(directory, { recursive: true, force: true })
    wake()
  })

  async function next(...types: string[]): Promise<LoggedEvent> {
    for (;;) {
      const index = events.findIndex(({ event }) => types.includes(event))
      const [found] = index === -1 ? [] : events.splice(0, index + 1).slice(-1)
      if (found !== undefined) return found
      if (ended) throw new Error(`the service ended before ${types}: ${printed} ${JSON.stringify(events)}`)
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }
  return { next }
}
