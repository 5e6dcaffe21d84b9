import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { drift } from '../../src/checks/service/drift.ts'
import type { Installation } from '../../src/checks/service/installation.ts'
import { restarts } from '../../src/checks/service/service.ts'
import type { ProgramResult } from '../../src/host/run-program.ts'
import { facts } from './support.ts'

const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-drift-'))
after(() => rmSync(directory, { recursive: true, force: true }))
const unitFile = join(directory, 'emf-pxe.service')
const content = '[Service]\n'
writeFileSync(unitFile, content)

function installed(target: string, sha256 = createHash('sha256').update(content).digest('hex')) {
  const done = [{ kind: 'file', path: unitFile, sha256 }] as const
  const installation: Installation = {
    version: '1.2.3',
    target,
    complete: true,
    writtenAt: new Date(0).toISOString(),
    done,
  }
  return async () => installation
}

const says = (stdout: string) => async (): Promise<ProgramResult> => ({ kind: 'ok', stdout })
const unit = (wishes: Record<string, string> = {}) => {
  const state = { LoadState: 'loaded', FragmentPath: unitFile, NeedDaemonReload: 'no', DropInPaths: '' }
  return says(
    Object.entries({ ...state, ...wishes })
      .map((entry) => entry.join('='))
      .join('\n'),
  )
}
const container = (wishes: { image?: string; network?: string; restarts?: number; error?: string } = {}) => {
  const { image = 'emf-pxe:1.2.3', network = 'host', restarts = 0, error = '' } = wishes
  return says(JSON.stringify([true, image, network, restarts, '2026-01-02T03:04:05.6Z', 4, error]))
}

describe('drift', () => {
  const rows = [
    ['a unit as installed', 'systemd', unit(), 'ok', /1 file; emf-pxe\.service/],
    ['an own drop-in', 'systemd', unit({ DropInPaths: '/etc/x.conf' }), 'ok', /with your own \/etc\/x\.conf/],
    ['not read again', 'systemd', unit({ NeedDaemonReload: 'yes' }), 'warning', /has not read/],
    ['from elsewhere', 'systemd', unit({ FragmentPath: '/run/u' }), 'warning', /systemd uses \/run\/u, inst/],
    ['no systemd', 'systemd', async () => ({ kind: 'missing' }) as const, 'ok', /systemd/],
    ['a container as installed', 'docker', container(), 'ok', /container emf-pxe, emf-pxe:1\.2\.3/],
    ['on a bridge', 'docker', container({ network: 'bridge' }), 'failed', /network bridge, wanted host/],
    [
      'another image',
      'docker',
      container({ image: 'x\u001b[1m' }),
      'warning',
      /runs x\S*, installed was emf-pxe:1/,
    ],
    [
      'no container',
      'docker',
      async () => ({ kind: 'failed', problem: 'gone' }) as const,
      'failed',
      /no cont/,
    ],
    ['an answer that is no JSON', 'docker', says('<html>'), 'failed', /there is no container/],
  ] as const
  for (const [name, target, run, outcome, evidence] of rows)
    test(`${name}: ${outcome}`, async () => {
      const result = await drift.run(facts({ run, readInstallation: installed(target) }))
      assert.equal(result.outcome, outcome)
      assert.match(result.evidence, evidence)
      assert.ok(!result.evidence.includes('\u001b'))
      assert.equal(result.remedy === undefined, outcome === 'ok')
    })

  test('a file that cannot be read is not gone', async () => {
    const done = [{ kind: 'file', path: directory, sha256: 'ab' }] as const
    const readInstallation = async () => {
      const installation = await installed('helm')()
      return { ...installation, done }
    }
    const result = await drift.run(facts({ run: says(''), readInstallation }))
    assert.equal(result.outcome, 'ok', result.evidence)
  })

  test('a file that changed and a unit that was not read are both told', async () => {
    const wishes = { run: unit({ NeedDaemonReload: 'yes' }), readInstallation: installed('systemd', 'ab') }
    const { evidence, remedy } = await drift.run(facts(wishes))
    assert.match(evidence, /changed since: .*emf-pxe\.service; systemd has not read/)
    assert.match(remedy ?? '', /emf-pxe init --dry-run --diff[\s\S]*systemctl daemon-reload/)
  })
})

describe('restarts of a container', () => {
  test('none', async () => {
    const { outcome, evidence } = await restarts.run(
      facts({ run: container(), readInstallation: installed('docker') }),
    )
    assert.deepEqual([outcome, evidence], ['ok', 'since 2026-01-02T03:04:05'])
  })

  test('some, with the last reason', async () => {
    const run = container({ restarts: 3, error: 'out of memory' })
    const { outcome, evidence, remedy } = await restarts.run(
      facts({ run, readInstallation: installed('docker') }),
    )
    assert.equal(outcome, 'warning')
    assert.equal(evidence, '3 restarts, the last one after exit code 4: out of memory')
    assert.equal(remedy, 'docker logs --tail 100 emf-pxe')
  })
})
