import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { projectRoot } from '../support/imports.ts'

/** The program as a process of its own, from source. */
const program = join(projectRoot, 'bin', 'run.ts')
const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-process-'))
after(() => rmSync(directory, { recursive: true, force: true }))

const run = (words: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync(process.execPath, [program, ...words], {
    encoding: 'utf8',
    env: { PATH: '', LANG: 'C.UTF-8', ...env },
  })

/** A program with one command, whose `run` is `body`, started as `bin/main.ts` starts ours. */
function startCommand(name: string, body: string): ChildProcess {
  const file = join(directory, `${name}.ts`)
  const from = (path: string) => JSON.stringify(join(projectRoot, path))
  writeFileSync(
    file,
    `import { BaseCommand } from ${from('src/cli/base-command.ts')}
import { startProcess } from ${from('src/cli/process.ts')}
class Only extends BaseCommand {
  async run() {
    await this.parse(Only)
    ${body}
  }
}
await startProcess({ only: { group: 'Run', summary: 'Only', load: async () => Only } }, ['only'])
`,
  )
  return spawn(process.execPath, [file], { stdio: 'pipe', env: { PATH: '', LANG: 'C.UTF-8' } })
}

async function ended(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = ''
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, stderr }
}

describe('the process', () => {
  test('version: exit 0, nothing on stderr', () => {
    const { status, stdout, stderr } = run(['--version'])
    assert.deepEqual([status, stderr], [0, ''])
    assert.match(stdout, /^emf-pxe \d/)
  })

  test('a usage error: exit 2, nothing on stdout', () => {
    const { status, stdout, stderr } = run(['no-such-command'])
    assert.deepEqual([status, stdout], [2, ''])
    assert.match(stderr, /✗ USAGE/)
  })

  test('a reader that has seen enough is no error', async () => {
    const child = spawn(process.execPath, [program, 'licenses'], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.once('data', () => child.stdout.destroy())
    assert.deepEqual(await ended(child), { code: 0, stderr: '' })
  })

  for (const [signal, exitCode, name] of [
    ['SIGINT', 9, 'ABORTED'],
    ['SIGTERM', 9, 'ABORTED'],
    ['SIGHUP', 129, 'TERMINAL_CLOSED'],
  ] as const) {
    test(`${signal} ends a command: exit ${exitCode}`, async () => {
      const child = startCommand(
        `waiting-${signal}`,
        `this.ui.result('ready'); setInterval(() => {}, 1000); await new Promise(() => {})`,
      )
      child.stdout?.once('data', () => child.kill(signal))
      const { code, stderr } = await ended(child)
      assert.equal(code, exitCode)
      assert.match(stderr, new RegExp(`✗ ${name}`))
    })

    test(`${signal}: what can stop tidies up first`, async () => {
      const child = startCommand(
        `tidy-${signal}`,
        `this.ui.result('ready')
    setInterval(() => {}, 1000)
    await new Promise((_, reject) => this.abort.addEventListener('abort', () => reject(this.abort.reason)))
      .finally(() => new Promise((resolve) => setImmediate(resolve)))
      .finally(() => this.ui.warn('the temporary directory is gone'))`,
      )
      child.stdout?.once('data', () => child.kill(signal))
      const { code, stderr } = await ended(child)
      assert.equal(code, exitCode)
      assert.match(stderr, /! the temporary directory is gone\n✗/)
    })
  }

  test('a call to the system that never returns does not keep the process', async () => {
    const pipe = join(directory, 'pipe-that-nobody-writes-to')
    execFileSync('mkfifo', [pipe])
    const child = startCommand(
      'hanging',
      `const { readFile } = await import('node:fs/promises')
    setImmediate(() => this.ui.result('ready'))
    await readFile(${JSON.stringify(pipe)})`,
    )
    child.stdout?.once('data', () => child.kill('SIGTERM'))
    const { code, stderr } = await ended(child)
    assert.equal(code, 9)
    assert.match(stderr, /✗ ABORTED/)
  })

  test('what nobody catches is shown as a bug: exit 1', async () => {
    const child = startCommand(
      'stray',
      `setImmediate(() => { throw new Error('stray') }); await new Promise(() => {})`,
    )
    const { code, stderr } = await ended(child)
    assert.equal(code, 1)
    assert.match(stderr, /✗ INTERNAL {2}stray\n/)
  })

  test('a rejection that nobody awaits is shown as a bug: exit 1', async () => {
    const child = startCommand(
      'rejected',
      `void Promise.reject(new Error('forgotten')); await new Promise(() => {})`,
    )
    const { code, stderr } = await ended(child)
    assert.equal(code, 1)
    assert.match(stderr, /✗ INTERNAL {2}forgotten\n/)
  })

  test('what Node calls experimental is not announced; other warnings are', async () => {
    const child = startCommand(
      'warnings',
      `await import('node:sqlite'); process.emitWarning('worth reading'); await new Promise((resolve) => setImmediate(resolve))`,
    )
    const { code, stderr } = await ended(child)
    assert.equal(code, 0)
    assert.doesNotMatch(stderr, /ExperimentalWarning/)
    assert.match(stderr, /worth reading/)
  })
})
