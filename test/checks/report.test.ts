import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { allChecks } from '../../src/checks/all.ts'
import { statusReport } from '../../src/checks/report.ts'
import { showChecks, showShort } from '../../src/checks/show.ts'
import { checkStatus } from '../../src/checks/status.ts'
import { createTheme } from '../../src/ui/theme.ts'
import { finished, someFacts } from './support.ts'

const schema = JSON.parse(readFileSync('docs/schemas/status.schema.json', 'utf8'))
const valid = new Ajv2020({ strict: true, allErrors: true }).compile(schema)
const options = { theme: createTheme({ color: false, unicode: true }), columns: 80 }

describe('status', () => {
  test('a real run validates against the published schema', async () => {
    const checks = await checkStatus(someFacts(), ['host', 'artifact', 'service', 'orchestrator'])
    const report = { schema: 'emf-pxe/status/1', ...statusReport(checks, '1.2.3', 0) }
    assert.ok(valid(JSON.parse(JSON.stringify(report))), JSON.stringify(valid.errors))
    for (const { id, outcome, evidence } of checks)
      assert.doesNotMatch(evidence, /the check itself broke/, `${id}: ${outcome}`)
  })

  test('the schema refuses what it does not know', () => {
    const report = { schema: 'emf-pxe/status/1', ...statusReport([finished('a')], '1', 0) }
    assert.ok(valid(report))
    assert.ok(!valid({ ...report, schema: 'emf-pxe/status/2' }))
    assert.ok(!valid({ ...report, checks: [{ ...report.checks[0], outcome: 'fine' }] }))
    assert.ok(!valid({ ...report, extra: 1 }))
  })

  test('an unknown name in --only is pointed at the nearest one', async () => {
    await assert.rejects(checkStatus(someFacts(), ['port-dchp']), /Did you mean port-dhcp\?/)
  })

  test('every check is documented, every documented check exists, every dependency too', () => {
    const documented = [
      ...(readFileSync('docs/checks.md', 'utf8')
        .split('# Diagnoses')[0]
        ?.matchAll(/^### (.+)$/gm) ?? []),
    ]
    assert.deepEqual(documented.map(([, id]) => id).sort(), allChecks.map(({ id }) => id).sort())
    const ids = new Set(allChecks.map(({ id }) => id))
    for (const { id, dependsOn } of allChecks)
      for (const root of dependsOn) assert.ok(ids.has(root), `${id} depends on ${root}, which is no check`)
  })

  test('statements fit a terminal of 80 columns', () => {
    for (const { title } of allChecks) assert.ok(title.length <= 70, title)
  })

  test('the table shows what is wrong, its remedy, and folds consequences', () => {
    const checks = [
      finished('good'),
      finished('bad', {
        category: 'network',
        outcome: 'failed',
        evidence: 'it is gone',
        remedy: 'bring it back',
      }),
      finished('child', { category: 'network', outcome: 'skipped', because: 'bad' }),
      finished('risky', { category: 'service', outcome: 'warning', evidence: 'it is old' }),
    ]
    assert.equal(
      showChecks(checks, options),
      [
        'host',
        ' ✓ good is fine   seen',
        'network',
        ' ✗ bad is fine',
        '     it is gone',
        '     → bring it back',
        '     1 more check depends on it: child',
        'service',
        ' ! risky is fine',
        '     it is old',
        '',
        '1 problem, 1 warning',
        ' ✗ bad',
        ' ! risky',
        ' emf-pxe explain bad   # says more; so for each name',
      ].join('\n'),
    )
  })

  test('a remedy that is a sentence is wrapped, one that is a command is not', () => {
    const sentence = `Let ${'somebody '.repeat(12)}do it.`
    const command = `nft ${'insert rule '.repeat(12)}accept`
    const failed = (id: string, remedy: string) => finished(id, { outcome: 'failed', remedy })
    const lines = showChecks([failed('a', sentence), failed('b', command)], options).split('\n')
    assert.ok(lines.some((line) => line === `     → ${command}`))
    const told = lines.filter((line) => line.includes('somebody'))
    assert.ok(told.length > 1 && told.every((line) => line.length <= 80))
  })

  test('the short form is one line', () => {
    assert.equal(showShort([finished('a')]), 'healthy: All is well.')
    assert.equal(
      showShort([finished('a', { outcome: 'failed' }), finished('b', { outcome: 'warning' })]),
      'unhealthy: 1 problem, 1 warning: a b',
    )
  })
})
