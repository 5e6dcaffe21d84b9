import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import type { TestContext } from 'node:test'
import { type CommandResult, createDeployHost, type DeployHost } from '../../src/deploy/host.ts'
import type { InstallOptions } from '../../src/deploy/install.ts'
import { createUi } from '../../src/ui/ui.ts'
import { readTemplate } from './support.ts'

/** Answers a command; undefined leaves it to the next one, and at last to "it worked". */
export type Answer = (words: readonly string[]) => Partial<CommandResult> | undefined

/** A machine of its own in a temporary directory, with a little systemd that remembers what it was told. */
export class Machine {
  readonly root = mkdtempSync(join(tmpdir(), 'emf-pxe-machine-'))
  readonly commands: string[] = []
  #said = ''
  readonly host: DeployHost
  readonly answers: Answer[] = []
  enabled = false
  active = false
  receiveCeiling = 212_992

  constructor(t: TestContext) {
    t.after(() => rmSync(this.root, { recursive: true, force: true }))
    this.host = { ...createDeployHost({ root: this.root }), run: async (words) => this.#run(words) }
    for (const directory of ['etc/systemd/system', 'etc/sysctl.d', 'usr/local/bin', 'var/lib/private', 'tmp'])
      mkdirSync(join(this.root, directory), { recursive: true })
  }

  write(path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true })
    writeFileSync(join(this.root, path), text)
    chmodSync(join(this.root, path), mode)
  }

  read(path: string): string | undefined {
    const file = join(this.root, path)
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined
  }

  /** A file by its path on the machine that runs the test. */
  readOutside(path: string): string | undefined {
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined
  }

  /** Every path with its mode and content, to compare before and after. */
  snapshot(): Readonly<Record<string, string>> {
    const entries = readdirSync(this.root, { recursive: true, withFileTypes: true }).map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const mode = statSync(path).mode.toString(8)
      return [
        path.slice(this.root.length),
        entry.isFile() ? `${mode} ${readFileSync(path, 'utf8')}` : mode,
      ] as const
    })
    return Object.fromEntries(entries.sort())
  }

  options(more: Partial<InstallOptions> = {}): InstallOptions {
    const output = new Writable({
      write: (chunk, _encoding, done) => {
        this.#said += String(chunk)
        done()
      },
    })
    const streams = { stdin: new PassThrough(), stdout: output, stderr: output }
    const switches = { json: false, quiet: false, yes: true, noInput: true, noColor: true }
    return {
      ui: createUi(streams, { LANG: 'C.UTF-8' }, switches),
      host: this.host,
      readTemplate,
      program: undefined,
      ...more,
    }
  }

  /** What was said since the last look. */
  screen(): string {
    const said = this.#said
    this.#said = ''
    return said
  }

  #run(words: readonly string[]): CommandResult {
    this.commands.push(words.join(' '))
    const answer = this.answers.map((candidate) => candidate(words)).find((found) => found !== undefined)
    const given = answer ?? this.#systemd(words)
    const stdout = given.stdout ?? ''
    return { exitCode: given.exitCode ?? 0, stdout, output: given.output ?? stdout }
  }

  #systemd([program, verb, ...rest]: readonly string[]): Partial<CommandResult> {
    if (program === 'cat') return { stdout: `${this.receiveCeiling}\n` }
    if (program === 'sysctl') return this.#sysctl(String(rest.at(-1)))
    if (program !== 'systemctl')
      return program === 'nft' || program === 'iptables-save' || program === 'iptables-legacy-save'
        ? { exitCode: 127 }
        : {}
    if (verb === 'is-enabled')
      return { stdout: this.enabled ? 'enabled' : 'disabled', exitCode: this.enabled ? 0 : 1 }
    if (verb === 'is-active')
      return { stdout: this.active ? 'active' : 'inactive', exitCode: this.active ? 0 : 3 }
    if (verb === 'is-system-running') return { stdout: 'running' }
    if (verb === 'enable') this.enabled = true
    if (verb === 'disable') this.enabled = false
    if (verb === 'restart') this.active = true
    if (verb === 'stop') this.active = false
    return {}
  }

  #sysctl(argument: string): Partial<CommandResult> {
    const text = argument.startsWith('/') ? this.read(argument) : argument
    this.receiveCeiling = Number(/rmem_max ?= ?(\d+)/.exec(text ?? '')?.[1])
    return {}
  }
}
