import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { present } from '../../src/checks/artifact/boot-file.ts'
import { ok } from '../../src/checks/check.ts'
import { Facts, type HeardOnNic } from '../../src/checks/facts.ts'
import { ourOffer } from '../../src/checks/network/rivals.ts'
import { runChecks } from '../../src/checks/runner.ts'
import { VirtualClock } from '../../src/net/virtual-clock.ts'
import { check, someFacts } from './support.ts'

const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-our-offer-'))
after(() => rmSync(directory, { recursive: true }))
const localFile = join(directory, 'ipxe.efi')
writeFileSync(localFile, 'MZ')

/** A machine whose service answers nothing. */
class Silent extends Facts {
  override heard(): Promise<readonly HeardOnNic[]> {
    return Promise.resolve([{ nic: 'e0', ourAddress: '10.0.0.2', mac: '', answers: [] }])
  }
}

test('without the downloaded file, status has the word of the log for it', async () => {
  const configText = 'interfaces: [{ name: e0 }]\norchestrator: { fqdn: edge.test }'
  const [result] = await runChecks([{ ...present, dependsOn: [] }], new Silent(someFacts({ configText })), {
    clock: new VirtualClock(),
  })
  assert.equal(result?.outcome, 'failed')
  assert.match(result?.evidence ?? '', /no boot file is stored there\. .*\(artifact-missing\)/)
  assert.match(result?.remedy ?? '', /^emf-pxe fetch --config \S+ --state-dir \S+( +#.*)?$/)
})

describe('a service that offers nothing', () => {
  const rows: [name: string, config: string, outcome: string, because: string | undefined][] = [
    ['with its local file there', `bootFiles: { x64: ${localFile} }`, 'failed', undefined],
    ['without its local file', 'bootFiles: { x64: /nowhere/ipxe.efi }', 'skipped', 'local-boot-files'],
    ['without the downloaded file', 'orchestrator: { fqdn: edge.test }', 'skipped', 'boot-file-present'],
    ['with nothing configured for x64', 'bootFiles: { arm64: /boot/a.efi }', 'failed', undefined],
  ]
  for (const [name, config, outcome, because] of rows)
    test(`${name}: ${outcome}${because === undefined ? '' : `, a consequence of ${because}`}`, async () => {
      const facts = new Silent(someFacts({ configText: `interfaces: [{ name: e0 }]\n${config}` }))
      const alone = { ...ourOffer, dependsOn: [] }
      const results = await runChecks([alone, check('after', ok(''), 'our-offer')], facts, {
        clock: new VirtualClock(),
      })
      assert.deepEqual([results[0]?.outcome, results[0]?.because], [outcome, because])
      assert.equal(results[1]?.because, because ?? 'our-offer')
    })

  test('where nobody answers at all, a firewall comes to mind before the log', async () => {
    const configText = `interfaces: [{ name: e0 }]\nbootFiles: { x64: ${localFile} }`
    const { evidence, remedy } = await ourOffer.run(new Silent(someFacts({ configText })))
    assert.match(evidence, /nobody else did: a firewall on this machine/)
    assert.equal(remedy, 'emf-pxe status --only firewall-requests')
  })
})
