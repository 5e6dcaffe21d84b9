import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { missing } from '../support/needs.ts'
import type { Fault } from './support/fault-making.ts'
import { FaultSite } from './support/fault-site.ts'
import { faults } from './support/faults.ts'

const needs = missing(
  'namespaces',
  'dnsmasq:dnsmasq-base',
  'nft:nftables',
  'iptables:iptables',
  'socat:socat',
  'setpriv:util-linux',
  'dbus-daemon:dbus-daemon',
  '/usr/bin/python3:python3',
  'apt-get:apt',
)

describe('faults made for real', { skip: needs }, () => {
  let site: FaultSite

  before(async () => {
    site = await FaultSite.open()
  })
  after(() => site?.close())

  test('without a fault nothing fails', async () => {
    const report = JSON.parse(await site.paste('emf-pxe status --json --wait 1 || [ $? = 3 ]'))
    const bad = report.checks.filter(
      ({ outcome }: { outcome: string }) => outcome === 'failed' || outcome === 'warning',
    )
    assert.deepEqual(
      bad.map(({ id, evidence }: { id: string; evidence: string }) => `${id}: ${evidence}`),
      [],
    )
  })

  for (const fault of faults) test(`${fault.name} → ${fault.check}`, () => tryFault(site, fault))
})

/** The check names the cause; its remedy, pasted, makes it pass. */
async function tryFault(site: FaultSite, fault: Fault): Promise<void> {
  const undo = await fault.make(site)
  try {
    const seen = await site.check(fault.check)
    assert.equal(seen.outcome, fault.outcome ?? 'failed', seen.evidence)
    assert.match(seen.evidence, fault.evidence)
    if (fault.remedy !== undefined) assert.match(seen.remedy ?? '', fault.remedy)
    if (fault.repair === undefined) await undo()
    else await fault.repair(site, seen.remedy ?? '')
    const after = await site.check(fault.check)
    const passes = after.outcome === 'ok' || after.outcome === 'skipped'
    // A played node ends with the file; after a quiet minute that is told too, of nodes long repaired.
    const isUnsaid = fault.check === 'last-day' && !fault.evidence.test(after.evidence)
    assert.ok(passes || isUnsaid, `still ${after.outcome}: ${after.evidence}`)
  } finally {
    await undo()
  }
}
