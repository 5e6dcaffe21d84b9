import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { render } from '../../src/deploy/render/render.ts'
import { missing } from '../support/needs.ts'
import { readTemplate, sampleValues } from './support.ts'

/** The rendered unit in a file, with a program that exists everywhere. */
function unitFile(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-unit-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const paths = { ...sampleValues.paths, program: ['/bin/true'] as const }
  const orchestrator = { fqdn: 'edge.example.com', tokenFile: '/etc/emf-pxe/token' }
  const config = { ...sampleValues.config, orchestrator }
  const unit = render('systemd', { ...sampleValues, config, paths }, readTemplate).find(
    (file) => file.name === 'emf-pxe.service',
  )
  const file = join(directory, 'emf-pxe.service')
  writeFileSync(file, String(unit?.content))
  return file
}

const skip = missing('systemd-analyze:systemd')

describe('systemd’s own opinion of the unit', { skip }, () => {
  test('it finds no mistake', (t) => {
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', unitFile(t)], {
      encoding: 'utf8',
    })
    assert.deepEqual([status, stdout, stderr], [0, '', ''])
  })

  test('its exposure is at most 2.0 of 10', (t) => {
    const words = ['security', '--offline=true', '--no-pager', '--threshold=20', unitFile(t)]
    const { status, stdout } = spawnSync('systemd-analyze', words, { encoding: 'utf8' })
    assert.equal(status, 0, stdout)
    assert.match(stdout, /Overall exposure level for emf-pxe\.service: [01]\.\d|: 2\.0/)
  })
})
