import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfigText } from '../../src/config/load.ts'
import { type Migration, migrateConfig } from '../../src/config/migrate.ts'

const steps: readonly Migration[] = [
  {
    from: 1,
    what: 'nic is called interfaces',
    migrate: ({ nic, ...rest }) => ({ ...rest, interfaces: [{ name: nic }] }),
  },
  {
    from: 2,
    what: 'relay is a list',
    migrate: ({ relay, ...rest }) => ({ ...rest, relay: relay === true ? ['any'] : [] }),
  },
]

test('each step from the version of the file to the newest is taken, in order', () => {
  assert.deepEqual(migrateConfig({ nic: 'eth1', relay: true }, steps, 3), {
    value: { interfaces: [{ name: 'eth1' }], relay: ['any'], version: 3 },
    changes: ['nic is called interfaces', 'relay is a list'],
  })
  assert.deepEqual(migrateConfig({ version: 2, relay: false }, steps, 3).value, { relay: [], version: 3 })
})

test('a file of the newest version comes back as it is', () => {
  const value = { version: 3, relay: [] }
  assert.equal(migrateConfig(value, steps, 3).value, value)
})

test('a file of a newer program is refused with the way back', () => {
  assert.throws(() => readConfigText('version: 2\ninterfaces: []\n', 'config.yaml'), {
    code: 'CONFIG_INVALID',
    message: /version 2; this program knows up to 1/,
    hint: /upgrade --back/,
  })
})

test('what is no configuration at all is left to the schema', () => {
  for (const value of [null, 7, 'x', [], { version: 'one' }])
    assert.deepEqual(migrateConfig(value, steps, 3), { value, changes: [] })
})
