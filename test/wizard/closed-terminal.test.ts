import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { startDemoOrchestrator } from '../../src/demo/demo-orchestrator.ts'
import type { EmbeddedOrchestrator } from '../../src/demo/orchestrator.ts'
import { projectRoot } from '../support/imports.ts'
import { missing } from '../support/needs.ts'
import { InitSite } from './support/site.ts'
import { Terminal } from './support/terminal.ts'

let orchestrator: EmbeddedOrchestrator
before(async () => {
  orchestrator = await startDemoOrchestrator()
})
after(() => orchestrator.close())

const node = [process.execPath, '--disable-warning=ExperimentalWarning']
const wizard = join(projectRoot, 'test/wizard/support/program.ts')
const program = join(projectRoot, 'bin/run.ts')
/** Outlives the terminal, and writes down how the command ended. */
const witness = 'trap "" HUP; "$@" 2>"$ERRORS"; echo $? >"$EXIT_CODE"'

/** A command on a terminal that will be closed, with a temporary directory of its own. */
class Session {
  readonly site: InitSite
  readonly terminal: Terminal
  readonly #exitCode: string
  readonly #temporary: string

  constructor(t: TestContext, wordsFor: (site: InitSite) => readonly string[]) {
    this.site = InitSite.open(t, orchestrator)
    const words = wordsFor(this.site)
    const { directory } = this.site
    this.#exitCode = join(directory, 'exit-code')
    this.#temporary = join(directory, 'tmp')
    mkdirSync(this.#temporary)
    // Questions are asked on stderr.
    const errors = words.includes('init') ? '/dev/tty' : join(directory, 'errors')
    this.terminal = Terminal.start(['sh', '-c', witness, 'sh', ...node, ...words], {
      LANG: 'C.UTF-8',
      TERM: 'screen-256color',
      TMPDIR: this.#temporary,
      EXIT_CODE: this.#exitCode,
      ERRORS: errors,
    })
    t.after(() => this.terminal.close())
  }

  /** Closes the terminal; how the command ended, and what it left in its temporary directory. */
  async close(): Promise<{ readonly exitCode: number; readonly left: readonly string[] }> {
    this.terminal.hangUp()
    for (const endMs = Date.now() + 30_000; ; await delay(50)) {
      const text = readFileSync(this.#exitCode, { encoding: 'utf8', flag: 'a+' })
      if (text !== '') return { exitCode: Number(text), left: readdirSync(this.#temporary) }
      if (Date.now() > endMs) throw new Error('the command goes on without its terminal')
    }
  }
}

const servedHere = (site: InitSite): string[] => {
  const settings = {
    interfaces: [{ name: 'lo' }],
    bootFiles: { x64: process.execPath },
    ports: { dhcp: 0, bootServer: 0, tftp: 0 },
  }
  mkdirSync(join(site.directory, 'etc'), { recursive: true })
  writeFileSync(site.configFile, JSON.stringify(settings))
  return [program, 'serve', ...site.places]
}

describe('a terminal that is closed', { skip: missing('tmux:tmux') }, () => {
  const init = (...more: readonly string[]) => {
    return (site: InitSite) => [wizard, String(orchestrator.port), 'init', ...site.places, ...more]
  }

  test('at a question of init: exit 129, and nothing is left', async (t) => {
    const session = new Session(t, init())
    await session.terminal.sees(/Where are the nodes\?[\s\S]*submit/)
    assert.deepEqual(await session.close(), { exitCode: 129, left: [] })
  })

  test('at the last question, with the boot file fetched: nothing is left', async (t) => {
    const answers = ['--interface', 'eth1', '--orchestrator', orchestrator.fqdn, '--target', 'none']
    const session = new Session(t, (site) => init(...answers, '--ca-file', site.caFile)(site))
    await session.terminal.sees(/\? Token for the orchestrator/)
    session.terminal.press('Enter')
    await session.terminal.sees(/\? Apply\?/)
    assert.deepEqual(await session.close(), { exitCode: 129, left: [] })
  })

  test('in the middle of the download: nothing is left', async (t) => {
    const session = new Session(t, ({ answers }) => [
      wizard,
      String(orchestrator.port),
      'init',
      ...answers.filter((word) => word !== '--no-input'),
    ])
    orchestrator.setFault('/tink-stack/signed_ipxe.efi', { kind: 'stall', atPart: 0.5 })
    await session.terminal.sees(/boot file .* 50 % +540 kB of 1\.1 MB/)
    assert.deepEqual(await session.close(), { exitCode: 129, left: [] })
  })

  test('with serve on it: the service ends, rather than hold its ports unseen', async (t) => {
    const session = new Session(t, servedHere)
    await session.terminal.sees(/emf-pxe .* started on lo/)
    assert.equal((await session.close()).exitCode, 129)
  })

  test('with status --watch on it', async (t) => {
    const session = new Session(t, ({ places }) => [
      program,
      'status',
      '--watch',
      '--only',
      'host',
      ...places,
    ])
    await session.terminal.sees(/Ctrl-C ends/)
    assert.equal((await session.close()).exitCode, 129)
  })
})
