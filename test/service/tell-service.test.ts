import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { sha256Of } from '../../src/artifact/sha256.ts'
import { startDemoOrchestrator } from '../../src/demo/demo-orchestrator.ts'
import type { EmbeddedOrchestrator } from '../../src/demo/orchestrator.ts'
import { EmfPxeError } from '../../src/errors/error.ts'
import { ControlClient } from '../../src/observe/control/client.ts'
import { tellService } from '../../src/service/tell-service.ts'
import { connectProxy, type TestServer } from '../orchestrator/support/servers.ts'
import { projectRoot } from '../support/imports.ts'

/** The way to the orchestrator is a proxy, which also leads its names to this process. */
let orchestrator: EmbeddedOrchestrator
let proxy: TestServer
before(async () => {
  orchestrator = await startDemoOrchestrator()
  proxy = await connectProxy(
    () => 200,
    () => orchestrator.port,
  )
})
after(async () => {
  await proxy.close()
  await orchestrator.close()
})

const program = ['--disable-warning=ExperimentalWarning', join(projectRoot, 'bin/run.ts')]

/** A site's configuration and state, in which every command is a process of its own. */
class Site {
  readonly directory = mkdtempSync(join(tmpdir(), 'emf-pxe-tell-'))
  readonly #config = join(this.directory, 'config.yaml')
  readonly #state = join(this.directory, 'state')

  constructor(t: TestContext) {
    t.after(() => rmSync(this.directory, { recursive: true, force: true }))
    const caFile = join(this.directory, 'ca.pem')
    writeFileSync(caFile, orchestrator.authority.certificatePem)
    const config = {
      version: 1,
      interfaces: [{ name: 'lo', address: '127.0.0.1' }],
      orchestrator: { fqdn: orchestrator.fqdn, caFile },
      // It never looks by itself: what it serves, it was told of.
      artifact: { refreshMinutes: 0 },
      ports: { dhcp: 26_067, bootServer: 24_011, tftp: 26_069 },
    }
    writeFileSync(this.#config, JSON.stringify(config))
  }

  get client(): ControlClient {
    return new ControlClient(this.#state)
  }

  async run(command: 'fetch' | 'rollback', ...flags: string[]): Promise<string> {
    const places = command === 'fetch' ? this.#places : this.#places.slice(2)
    const words = [...program, command, ...places, ...flags]
    return (await promisify(execFile)(process.execPath, words, { env: this.#environment })).stdout
  }

  /** Resolves when it answers. */
  async serve(t: TestContext): Promise<ChildProcess> {
    const child = spawn(process.execPath, [...program, 'serve', ...this.#places], {
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    t.after(() => child.kill('SIGKILL'))
    for await (const line of createInterface({ input: child.stdout }))
      if (JSON.parse(line).event === 'service.started') break
    await this.#doorIsOpen()
    child.stdout.resume()
    return child
  }

  /** Opened last of all, when nodes are answered already: its mode is set once it takes connections. */
  async #doorIsOpen(): Promise<void> {
    const changes = watch(this.#state)
    const door = join(this.#state, 'control.sock')
    const mode = () => (statSync(door, { throwIfNoEntry: false })?.mode ?? 0) & 0o777
    while (mode() !== 0o660) await once(changes, 'change')
    changes.close()
  }

  get #places(): string[] {
    return ['--config', this.#config, '--state-dir', this.#state]
  }

  get #environment(): NodeJS.ProcessEnv {
    return { ...process.env, LANG: 'C.UTF-8', HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: '' }
  }
}

const servedBy = async (site: Site) => (await site.client.snapshot()).bootFiles.map(({ sha256 }) => sha256)

describe('a boot file that was stored', { timeout: 120_000 }, () => {
  test('is served by the running service at once, and so is the one of before after a rollback', async (t) => {
    const site = new Site(t)
    assert.match(await site.run('fetch'), /A newer boot file was stored\. No service is running here/)
    const service = await site.serve(t)
    const [first] = await servedBy(site)

    await orchestrator.rotateCertificate()
    assert.match(
      await site.run('fetch'),
      /A newer boot file was stored\. The running service serves it now\.$/m,
    )
    const [second] = await servedBy(site)
    assert.notEqual(second, first)

    assert.match(await site.run('rollback'), /^The running service serves it now\.$/m)
    assert.deepEqual(await servedBy(site), [first])
    const told = JSON.parse(await site.run('rollback', '--json'))
    assert.equal(told.service, 'serving')
    assert.deepEqual(await servedBy(site), [second])

    service.kill('SIGTERM')
    await once(service, 'exit')
    assert.match(await site.run('rollback'), /No service is running here: it is served once one is\./)
  })
})

describe('what a service makes of a stored file', () => {
  const sha256 = sha256Of(Buffer.from('a boot file'))
  const service = (parts: object) => parts as Parameters<typeof tellService>[0]

  test('one that serves another file to x64 nodes', async () => {
    const bootFiles = [{ architecture: 'x64', state: 'served', path: '/srv/own.efi', sha256: 'other' }]
    const client = service({
      act: async () => ({ ok: true, message: '' }),
      snapshot: async () => ({ bootFiles }),
    })
    const news = await tellService(client, sha256)
    assert.equal(news.state, 'other')
    assert.match(news.sentence, /\/srv\/own\.efi for x64 nodes/)
  })

  test('one that this user may not talk to', async () => {
    const act = async () => {
      throw new EmfPxeError('CONTROL_DENIED', { message: 'this user may not open /run/emf-pxe/control.sock' })
    }
    const news = await tellService(service({ act }), sha256)
    assert.equal(news.state, 'untold')
    assert.match(news.sentence, /may not open \/run\/emf-pxe\/control\.sock.*SIGHUP/)
  })

  test('one of a version that does not know the question', async () => {
    const act = async () => {
      throw new EmfPxeError('SERVICE_NOT_RUNNING', { message: 'the service answered 404: not found' })
    }
    assert.equal((await tellService(service({ act }), sha256)).state, 'untold')
  })
})
