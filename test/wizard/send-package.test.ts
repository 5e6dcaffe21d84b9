import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { parse } from 'yaml'
import { commandTable } from '../../commands/index.ts'
import Render from '../../commands/render.ts'
import type { CommandTable } from '../../src/cli/table.ts'
import { EmbeddedOrchestrator, type EmbeddedOrchestratorOptions } from '../../src/demo/orchestrator.ts'
import { catalogViolations } from '../../src/deploy/catalog-rules.ts'
import { runInMemory } from '../support/program.ts'

const uploads = '/v3/projects/demo/catalog/uploads'

async function site(t: TestContext, options: EmbeddedOrchestratorOptions = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-send-'))
  const orchestrator = await EmbeddedOrchestrator.start({ project: 'demo', ...options })
  t.after(async () => {
    await orchestrator.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const caFile = join(directory, 'ca.pem')
  const configFile = join(directory, 'config.yaml')
  writeFileSync(caFile, orchestrator.authority.certificatePem)
  const { fqdn } = orchestrator
  writeFileSync(
    configFile,
    JSON.stringify({ interfaces: [{ name: 'eth1' }], orchestrator: { fqdn, caFile } }),
  )
  class RenderHere extends Render {
    protected override surroundings() {
      return { ...super.surroundings(), network: orchestrator.network }
    }
  }
  const entry = commandTable.render as CommandTable[string]
  const table = { ...commandTable, render: { ...entry, load: async () => RenderHere } }
  const run = (token: string | undefined, ...words: string[]) =>
    runInMemory(
      ['render', 'deployment-package', '--config', configFile, '--upload', '--no-input', ...words],
      {
        table,
        environment: token === undefined ? {} : { EMF_PXE_TOKEN: token },
      },
    )
  const send = (token: string | undefined, ...words: string[]) =>
    run(token, '--chart-registry', 'oci://charts.lab.test/edge', ...words)
  return { orchestrator, run, send }
}

describe('render deployment-package --upload', () => {
  for (const release of ['2025.2', '2026.0'] as const) {
    test(`sends the documents in the shape of ${release}, as one transaction`, async (t) => {
      const { orchestrator, send } = await site(t, { release })
      const { exitCode, stderr } = await send(orchestrator.issueToken(), '--yes', '--project', 'demo')
      assert.equal(exitCode, 0, stderr)
      const sent = orchestrator.api.uploads
      assert.deepEqual(
        sent.map(({ fileName }) => fileName),
        ['registry.yaml', 'application.yaml', 'deployment-package.yaml', 'values.yaml'],
      )
      assert.equal(new Set(sent.map(({ session }) => session)).size, 1)
      const documents = sent.slice(0, 3).map(({ bytes }) => parse(bytes.toString('utf8')))
      assert.deepEqual(catalogViolations(documents), [])
      assert.match(stderr, /The catalog of project demo has taken emf-pxe \d/)
    })
  }

  test('the only project there is needs no naming', async (t) => {
    const { orchestrator, send } = await site(t)
    assert.equal((await send(orchestrator.issueToken(), '--yes')).exitCode, 0)
  })

  const answers: readonly [status: number, code: string, said: RegExp][] = [
    [401, 'HTTP_UNAUTHORIZED', /401/],
    [403, 'HTTP_FORBIDDEN', /Edge-Manager-Group of the project “demo”/],
    [409, 'CATALOG_CONFLICT', /version is taken/],
    [422, 'CATALOG_REJECTED', /version is taken/],
  ]
  for (const [status, code, said] of answers) {
    test(`${status} is told as ${code}`, async (t) => {
      const { orchestrator, send } = await site(t)
      const body = JSON.stringify({ message: 'registry.yaml: this version is taken' })
      orchestrator.faults.set(uploads, { kind: 'status', status, body })
      const { exitCode, stderr } = await send(orchestrator.issueToken(), '--yes', '--project', 'demo')
      assert.equal(exitCode, 6, stderr)
      assert.match(stderr, new RegExp(code))
      // Lines are wrapped to the width of a terminal.
      assert.match(stderr.replaceAll(/\s+/g, ' '), said)
      assert.deepEqual(orchestrator.api.uploads, [])
    })
  }

  test('nothing is sent without a token, without a yes, or for another target', async (t) => {
    const { orchestrator, send } = await site(t)
    assert.match((await send(undefined, '--yes')).stderr, /ANSWER_MISSING/)
    assert.match((await send(orchestrator.issueToken(), '--project', 'demo')).stderr, /--yes/)
    const { exitCode, stderr } = await runInMemory([
      'render',
      'docker',
      '--upload',
      '--interface',
      'eth1',
      '--orchestrator',
      'a.example.com',
      '--config',
      '/nonexistent',
    ])
    assert.equal(exitCode, 2)
    assert.match(stderr, /docker has none/)
    assert.deepEqual(orchestrator.api.uploads, [])
  })

  test('a package without a registry for its chart is not sent', async (t) => {
    const { orchestrator, run } = await site(t)
    const { exitCode, stderr } = await run(orchestrator.issueToken(), '--yes', '--project', 'demo')
    assert.deepEqual([exitCode, orchestrator.requests, orchestrator.api.uploads], [2, [], []])
    assert.match(stderr, /ANSWER_MISSING[\s\S]*Pass --chart-registry URL/)
  })

  test('the token is in nothing that is printed', async (t) => {
    const { orchestrator, send } = await site(t)
    const token = orchestrator.issueToken()
    const { stdout, stderr } = await send(token, '--yes', '--json')
    assert.ok(!(stdout + stderr).includes(token))
  })
})
