import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { valuesFromConfig } from '../../src/deploy/values-from-config.ts'
import { EmfPxeError } from '../../src/errors/error.ts'

const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-values-'))
after(() => rmSync(directory, { recursive: true, force: true }))
mkdirSync(join(directory, 'directory'))
for (const [name, text] of [
  ['good', 'interfaces: [{ name: eth1 }]\norchestrator: { fqdn: edge.test }\nmode: proxy\n'],
  ['broken', 'interfaces: [\n'],
  ['wrong', 'interfaces: [{ name: eth1 }]\n\nports: { tftp: 99999 }\n'],
  ['bare', 'orchestrator: { fqdn: edge.test }\n'],
] as const)
  writeFileSync(join(directory, name), text)

const valuesOf = (name: string, flags: { interfaces?: string[]; orchestrator?: string } = {}) =>
  valuesFromConfig({
    configFile: join(directory, name),
    stateDirectory: '/var/lib/emf-pxe',
    version: '0.0.0',
    ...flags,
  })

describe('what is rendered', () => {
  test('the file, with flags laid over it', async () => {
    const { config } = await valuesOf('good', { interfaces: ['eth7', 'eth8'] })
    assert.deepEqual(config, {
      interfaces: [{ name: 'eth7' }, { name: 'eth8' }],
      orchestrator: { fqdn: 'edge.test' },
      mode: 'proxy',
    })
  })

  test('flags alone, where there is no file', async () => {
    const { config } = await valuesOf('none', { interfaces: ['eth1'], orchestrator: 'edge.test' })
    assert.deepEqual(config, { interfaces: [{ name: 'eth1' }], orchestrator: { fqdn: 'edge.test' } })
  })

  for (const [name, file, flags, code, says] of [
    ['no file and no flags', 'none', {}, 'CONFIG_MISSING', /none does not exist, and no --interface/],
    [
      'a file that cannot be read',
      'directory',
      {},
      'CONFIG_UNREADABLE',
      /directory cannot be read \(EISDIR\)/,
    ],
    ['a file that is no YAML', 'broken', {}, 'CONFIG_INVALID', /broken has 1 problem:\n {2}line 2: /],
    ['a file with a wrong value', 'wrong', {}, 'CONFIG_INVALID', /line 3: ports\.tftp: is 99999/],
    [
      'a file without interfaces',
      'bare',
      {},
      'CONFIG_INVALID',
      /bare has 1 problem:\n.*interfaces: is missing/,
    ],
    [
      'a flag with a wrong value',
      'good',
      { orchestrator: 'x y' },
      'CONFIG_INVALID',
      /--orchestrator: .*"x y"/,
    ],
  ] as const)
    test(`${name}: ${code}`, async () => {
      await assert.rejects(valuesOf(file, { ...flags }), (error) => {
        assert.ok(error instanceof EmfPxeError)
        assert.equal(error.code, code)
        assert.match(error.message, says)
        return true
      })
    })
})
