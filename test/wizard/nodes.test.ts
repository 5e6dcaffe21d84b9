import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { commandTable } from '../../commands/index.ts'
import NodesRegister from '../../commands/nodes/register.ts'
import type { CommandTable } from '../../src/cli/table.ts'
import { EmbeddedOrchestrator } from '../../src/demo/orchestrator.ts'
import { BootStories } from '../../src/events/stories.ts'
import { orchestratorCsvHeader } from '../../src/nodes/export.ts'
import { History } from '../../src/observe/history/history.ts'
import { probeMac } from '../../src/probe/mac.ts'
import { runInMemory } from '../support/program.ts'

const uuidA = '4c4c4544-2046-5310-8052-cac04f515233'
const macA = '52:54:00:00:00:01'
const macB = '52:54:00:00:00:02'

describe('emf-pxe nodes', () => {
  const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-nodes-test-'))
  const state = ['--state-dir', directory]
  const configFile = join(directory, 'config.yaml')
  const serials = join(directory, 'serials.csv')
  let orchestrator: EmbeddedOrchestrator

  before(async () => {
    remember(join(directory, 'history.db'))
    orchestrator = await EmbeddedOrchestrator.start()
    const caFile = join(directory, 'ca.pem')
    writeFileSync(caFile, orchestrator.authority.certificatePem)
    const { fqdn } = orchestrator
    const config = { interfaces: [{ name: 'eth1' }], orchestrator: { fqdn, caFile } }
    writeFileSync(configFile, JSON.stringify(config))
    writeFileSync(serials, `mac,serial\n${macB},SERIAL0002\n`)
  })
  after(async () => {
    await orchestrator.close()
    rmSync(directory, { recursive: true, force: true })
  })
  beforeEach(() => {
    orchestrator.api.hosts.length = 0
    orchestrator.requests.length = 0
  })

  function run(words: readonly string[], environment: Record<string, string> = {}) {
    class RegisterHere extends NodesRegister {
      protected override surroundings() {
        return { ...super.surroundings(), network: orchestrator.network }
      }
    }
    const entry = commandTable['nodes register'] as CommandTable[string]
    const table = { ...commandTable, 'nodes register': { ...entry, load: async () => RegisterHere } }
    return runInMemory(['nodes', ...words, ...state], { table, environment })
  }

  function register(words: readonly string[], serialsFile = serials) {
    const argv = ['register', '--config', configFile, '--serials', serialsFile, '--no-input', ...words]
    return run(argv, { EMF_PXE_TOKEN: orchestrator.issueToken() })
  }

  test('lists what booting has taught', async () => {
    const { exitCode, stdout } = await run([])
    assert.equal(exitCode, 0)
    assert.equal(stdout.trimEnd().split('\n').length, 4)
    assert.match(stdout, new RegExp(`${macA}  x64 +${uuidA}\n +offered, then silent; seen `))
    assert.match(stdout, new RegExp(`${macB}  x64 +without a UUID of its own\n`))
    const { nodes } = JSON.parse((await run(['--json'])).stdout)
    assert.deepEqual(nodes.map(({ mac }: { mac: string }) => mac).sort(), [macA, macB])
  })

  test('without a history there is nothing to list', async () => {
    const { exitCode, stdout } = await runInMemory(['nodes', '--state-dir', join(directory, 'nowhere')])
    assert.deepEqual([exitCode, stdout], [0, 'No node has asked yet.\n'])
  })

  test('export writes the orchestrator’s header and leaves out nobody silently', async () => {
    const plain = await run(['export'])
    assert.equal(plain.exitCode, 0)
    assert.deepEqual(plain.stdout.trimEnd().split(/\r?\n/), [
      orchestratorCsvHeader.join(','),
      `,${uuidA},,,,,,,,,,,`,
    ])
    assert.match(plain.stderr, new RegExp(`left out: ${macB}`))
    const whole = await run(['export', '--serials', serials, '--site', 'site-1', '--os-profile', 'ubuntu'])
    assert.match(whole.stdout, new RegExp(`^,${uuidA},ubuntu,site-1,`, 'm'))
    assert.match(whole.stdout, /^SERIAL0002,,ubuntu,site-1,/m)
  })

  test('a serial list with mistakes is refused with its lines', async () => {
    const wrong = join(directory, 'wrong.csv')
    writeFileSync(wrong, 'mac,serial\n52:54:00,ABCDE\n')
    const { exitCode, stderr } = await run(['export', '--serials', wrong])
    assert.notEqual(exitCode, 0)
    assert.match(stderr, /wrong\.csv:2/)
  })

  test('register --dry-run shows who, and asks the orchestrator nothing', async () => {
    const { exitCode, stdout, stderr } = await register(['--dry-run'])
    assert.equal(exitCode, 0, stderr)
    assert.match(stderr, /node-SERIAL0002/)
    assert.match(stdout, /Nothing was registered/)
    assert.deepEqual(orchestrator.requests, [])
  })

  test('register tells each row, and finds its own work again', async () => {
    const first = await register(['--yes'])
    assert.equal(first.exitCode, 0, first.stderr)
    assert.match(first.stderr, /node-SERIAL0002: registered as host-/)
    assert.match(first.stdout, /2 machines registered, 0 were already, 0 failed/)
    assert.deepEqual(orchestrator.api.hosts.map(({ serialNumber, uuid }) => [serialNumber, uuid]).sort(), [
      ['', uuidA],
      ['SERIAL0002', ''],
    ])
    const again = await register(['--yes', '--json'])
    const { schema, summary, results } = JSON.parse(again.stdout)
    assert.equal(schema, 'emf-pxe/nodes-register/1')
    assert.deepEqual(summary, { registered: 0, alreadyRegistered: 2, failed: 0 })
    assert.equal(results.length, 2)
    assert.equal(orchestrator.api.hosts.length, 2)
  })

  test('without --yes nobody is registered, and the flag is named', async () => {
    const { exitCode, stderr } = await register([])
    assert.equal(exitCode, 2)
    assert.match(stderr, /ANSWER_MISSING[\s\S]*--yes/)
    assert.equal(orchestrator.api.hosts.length, 0)
  })

  test('without a token the flag is named; with an expired one it says so', async () => {
    const words = ['register', '--config', configFile, '--yes', '--no-input']
    const none = await run(words)
    assert.deepEqual([none.exitCode, /--token-file/.test(none.stderr)], [2, true])
    const expired = await run(words, { EMF_PXE_TOKEN: orchestrator.issueToken({ lifetimeSeconds: -60 }) })
    assert.match(expired.stderr, /TOKEN_EXPIRED/)
    const stranger = await run(words, { EMF_PXE_TOKEN: `${orchestrator.issueToken()}x` })
    assert.equal(stranger.exitCode, 6)
    assert.match(stranger.stderr, /HTTP_UNAUTHORIZED/)
  })

  test('a row that the orchestrator refuses gives exit code 3', async () => {
    const other = { resourceId: 'host-1', name: 'other', uuid: uuidA, autoOnboard: true }
    orchestrator.api.hosts.push({ ...other, serialNumber: 'OTHER' })
    writeFileSync(join(directory, 'conflict.csv'), `mac,serial\n${macA},SERIAL0001\n`)
    const { exitCode, stderr, stdout } = await register(['--yes'], join(directory, 'conflict.csv'))
    assert.equal(exitCode, 3)
    assert.match(stderr, /node-SERIAL0001: conflict/)
    assert.match(stdout, /1 failed/)
  })
})

/** Two nodes that asked, one with a UUID, one whose board has only zeroes; and one that was only played. */
function remember(file: string): void {
  const stories = new BootStories()
  const history = new History(stories, { file, keepDays: 30, maxBytes: 1e8 })
  for (const [mac, uuid] of [
    [macA, uuidA],
    [macB, '00000000-0000-0000-0000-000000000000'],
    [probeMac(), '00000000-0000-0000-0000-000000000000'],
  ] as const) {
    const node = { mac, interface: 'eth1', architecture: 'x64' as const, uuid }
    const event = {
      atMs: Date.now(),
      type: 'dhcp.offered',
      form: 'direct',
      gives: 'file',
      bootFile: 'a',
      server: '',
      ...node,
    } as const
    stories.apply(event)
    history.record(event)
  }
  history.close()
}
