import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { allChecks } from '../../src/checks/all.ts'
import type { FinishedCheck } from '../../src/checks/check.ts'
import { statusReport } from '../../src/checks/report.ts'
import { showAll, showTroubles } from '../../src/checks/show.ts'
import { checkStatus } from '../../src/checks/status.ts'
import { showShort } from '../../src/checks/summary.ts'
import { createTheme } from '../../src/ui/theme.ts'
import { finished, someFacts } from './support.ts'

const schema = JSON.parse(readFileSync('docs/schemas/status.schema.json', 'utf8'))
const valid = new Ajv2020({ strict: true, allErrors: true }).compile(schema)
const options = { theme: createTheme({ color: false, unicode: true }), columns: 80 }

describe('status', () => {
  test('a real run validates against the published schema', async () => {
    const checks = await checkStatus(someFacts(), ['host', 'artifact', 'service', 'orchestrator'])
    assert.equal(checks.find(({ id }) => id === 'configuration')?.outcome, 'ok', 'else all would be folded')
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

  const bad = finished('bad', {
    category: 'network',
    outcome: 'failed',
    evidence: 'it is gone',
    remedy: 'bring it back',
  })
  const someWrong = [
    finished('good'),
    finished('unknown', { outcome: 'skipped' }),
    finished('risky', { category: 'service', outcome: 'warning', evidence: 'it is old' }),
    bad,
    finished('child', { category: 'network', outcome: 'skipped', because: 'bad' }),
  ]

  test('a line for each category, then what is wrong, problems first, and consequences folded', () => {
    assert.deepEqual(showTroubles(someWrong, options).split('\n'), [
      ' ✓ host     1 well, 1 not checked     seen',
      ' ✗ network  1 problem, 1 not checked',
      ' ! service  1 warning',
      '',
      ` ✗ bad is fine${'bad'.padStart(65)}`,
      '     it is gone',
      '     → bring it back',
      '     not checked because of it: child',
      ` ! risky is fine${'risky'.padStart(63)}`,
      '     it is old',
      '',
      '1 problem, 1 warning',
      ' emf-pxe explain bad   # says more; so for each name',
      ' emf-pxe status --all   # every check',
    ])
  })

  test('a screen of 80 by 24 holds every check that fails alone, and a warning beside it', () => {
    const seen = `${'what was seen '.repeat(10)}there`
    const remedy = `Do ${'something about it '.repeat(2)}now:\nemf-pxe probe --interface e0`
    for (const check of allChecks) {
      const consequences = allChecks.filter(({ dependsOn }) => dependsOn.includes(check.id))
      const checks = allChecks.map((other): FinishedCheck => {
        const { id, category, title } = other
        const outcome = other === check ? 'failed' : id === 'clock' ? 'warning' : 'ok'
        return finished(id, {
          ...{ category, title, outcome, evidence: seen },
          ...(outcome === 'ok' ? {} : { remedy }),
          ...(consequences.includes(other) ? { outcome: 'skipped', because: check.id } : {}),
        })
      })
      const lines = showTroubles(checks, options).split('\n')
      // One line is the prompt’s.
      assert.ok(lines.length <= 23, `${check.id}: ${lines.length} lines`)
      for (const line of lines) assert.ok(line.length <= 80, line)
    }
  })

  test('who lacks the rights to see all is told how to see more', () => {
    const blind = finished('blind', { outcome: 'skipped', evidence: 'needs root: /x' })
    assert.match(showTroubles([blind], options), /^All is well\.\n sudo emf-pxe status {3}# sees/m)
    assert.doesNotMatch(showTroubles([finished('a')], options), /sudo/)
  })

  test('with --all each statement is there with what was seen', () => {
    assert.deepEqual(showAll([finished('good'), bad, ...someWrong.slice(4)], options).split('\n'), [
      'host',
      ' ✓ good is fine   seen',
      'network',
      ` ✗ bad is fine${'bad'.padStart(65)}`,
      '     it is gone',
      '     → bring it back',
      '     not checked because of it: child',
      '',
      '1 problem',
      ' ✗ bad',
      ' emf-pxe explain bad   # says more; so for each name',
    ])
  })

  test('a remedy that is a sentence is wrapped, one that is a command is not', () => {
    const sentence = `Let ${'somebody '.repeat(12)}do it.`
    const command = `nft ${'insert rule '.repeat(12)}accept`
    const failed = (id: string, remedy: string) => finished(id, { outcome: 'failed', remedy })
    const lines = showTroubles([failed('a', sentence), failed('b', command)], options).split('\n')
    assert.ok(lines.some((line) => line === `     → ${command}`))
    const told = lines.filter((line) => line.includes('somebody'))
    assert.ok(told.length > 1 && told.every((line) => line.length <= 80))
  })

  test('a comment behind a long command goes below it, and can be pasted with it', () => {
    const remedy =
      'sysctl -w net.core.rmem_max=8000000   # to keep it: a line in /etc/sysctl.d; then start anew'
    const lines = showTroubles([finished('a', { outcome: 'failed', remedy })], options).split('\n')
    const at = lines.indexOf('     → sysctl -w net.core.rmem_max=8000000')
    assert.equal(lines[at + 1], '       # to keep it: a line in /etc/sysctl.d; then start anew')
  })

  test('the short form is one line', () => {
    assert.equal(showShort([finished('a')]), 'healthy: All is well.')
    assert.equal(
      showShort([finished('a', { outcome: 'failed' }), finished('b', { outcome: 'warning' })]),
      'unhealthy: 1 problem, 1 warning: a b',
    )
  })
})
