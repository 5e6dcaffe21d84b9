import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { parse } from 'yaml'
import { startDemoOrchestrator } from '../../src/demo/demo-orchestrator.ts'
import type { EmbeddedOrchestrator } from '../../src/demo/orchestrator.ts'
import { projectRoot } from '../support/imports.ts'
import { InitSite } from './support/site.ts'

let orchestrator: EmbeddedOrchestrator
before(async () => {
  orchestrator = await startDemoOrchestrator()
})
after(() => orchestrator.close())

/** Everything that a token could leave a trace in: the whole of it, its signature, and its base64 form. */
function traces(token: string): string[] {
  return [token, token.split('.')[2] ?? token, Buffer.from(token).toString('base64')]
}

function filesBelow(directory: string): string[] {
  return globSync('**/*', { cwd: directory, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function assertNoTrace(token: string, places: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(places))
    for (const trace of traces(token)) assert.ok(!text.includes(trace), `the token is in ${name}`)
}

function contentsBelow(directory: string, leaveOut: readonly string[] = []): Record<string, string> {
  const files = filesBelow(directory).filter((file) => !leaveOut.includes(file))
  assert.ok(files.length > 0)
  return Object.fromEntries(files.map((file) => [file, readFileSync(file, 'latin1')]))
}

describe('a token', () => {
  test('tells more about the orchestrator, and leaves no trace', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const token = orchestrator.issueToken()
    const run = await site.init(site.answers, { EMF_PXE_TOKEN: token })
    assert.equal(run.exitCode, 0, run.stderr)
    assert.match(run.stderr, /Token of demo: valid until/)
    assert.match(run.stderr, /Orchestrator 2026\.0\.1, with[\s\S]*onboarding/)
    assert.match(run.stderr, /Its projects: demo-project/)
    assertNoTrace(token, { ...contentsBelow(site.directory), stdout: run.stdout, stderr: run.stderr })
  })

  test('from a file is not copied, and the file is not written down', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const file = join(site.directory, 'jwt')
    const token = orchestrator.issueToken()
    writeFileSync(file, `Bearer ${token}\n`)
    chmodSync(file, 0o644)
    const run = await site.init([...site.answers, '--token-file', file, '--json'])
    assert.equal(run.exitCode, 0, run.stderr)
    assert.match(run.stderr, /can be read by others: chmod 600/)
    assert.equal(parse(readFileSync(site.configFile, 'utf8')).orchestrator.tokenFile, undefined)
    assertNoTrace(token, { ...contentsBelow(site.directory, [file]), stdout: run.stdout, stderr: run.stderr })
  })

  test('is kept only when asked for, readable by its owner alone, and a second run keeps it', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const token = orchestrator.issueToken()
    const run = await site.init([...site.answers, '--store-token'], { EMF_PXE_TOKEN: token })
    assert.equal(run.exitCode, 0, run.stderr)
    const { tokenFile } = parse(readFileSync(site.configFile, 'utf8')).orchestrator
    assert.equal(readFileSync(tokenFile, 'utf8').trim(), token)
    assert.equal(statSync(tokenFile).mode & 0o777, 0o600)
    assertNoTrace(token, contentsBelow(site.directory, [tokenFile]))
    const again = await site.init()
    assert.equal(again.exitCode, 0, again.stderr)
    assert.match(again.stdout, /^Nothing changed/)
  })

  test('that has expired or that the orchestrator refuses does not keep nodes from booting', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const expired = await site.init(site.answers, {
      EMF_PXE_TOKEN: orchestrator.issueToken({ lifetimeSeconds: -60 }),
    })
    assert.equal(expired.exitCode, 0)
    assert.match(expired.stderr, /! Token of demo: expired/)
    const foreign = await site.init(site.answers, { EMF_PXE_TOKEN: `${orchestrator.issueToken()}x` })
    assert.equal(foreign.exitCode, 0)
    assert.match(foreign.stderr, /answered 401[\s\S]*Nodes boot all the same/)
  })

  test('that is none is refused without being quoted', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const run = await site.init(site.answers, { EMF_PXE_TOKEN: 'hunter2-is-no-token' })
    assert.notEqual(run.exitCode, 0)
    assert.match(run.stderr, /TOKEN_MALFORMED/)
    assert.ok(!`${run.stdout}${run.stderr}`.includes('hunter2'))
  })

  test('through stdin of a real process: not in its arguments, environment, output or any file', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const token = orchestrator.issueToken()
    const seen: string[] = []
    const script = join(projectRoot, 'test/wizard/support/program.ts')
    const argv = [
      '--disable-warning=ExperimentalWarning',
      script,
      String(orchestrator.port),
      'init',
      ...site.answers,
    ]
    const child = spawn(process.execPath, [...argv, '--token-file', '-'], { env: { LANG: 'C.UTF-8' } })
    child.stdin.end(token)
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => seen.push(String(chunk), ...whatOthersSee(child.pid)))
    const [exitCode] = await once(child, 'close')
    const output = seen.join('\n')
    assert.equal(exitCode, 0, output)
    assert.match(output, /Token of demo/)
    assert.match(output, /--interface\0eth1/, 'the process list was read while it ran')
    assertNoTrace(token, { ...contentsBelow(site.directory), 'what the process showed': output })
  })
})

/** Command line and environment, as every user of the machine, or its owner, can read them. */
function whatOthersSee(pid: number | undefined): string[] {
  try {
    return ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'latin1'))
  } catch {
    return [] // It has ended, and said its last words.
  }
}
