import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firewallRequests } from '../../src/checks/host/firewall.ts'
import { facts } from './support.ts'

test('where no program can read the rules, nothing is said of them', async () => {
  const { outcome, evidence } = await firewallRequests.run(facts({ run: async () => ({ kind: 'missing' }) }))
  assert.equal(outcome, 'skipped')
  assert.match(evidence, /neither nft nor iptables-save is here/)
})

test('an empty set of rules lets everything in', async () => {
  const nothing = JSON.stringify({ nftables: [] })
  const site = facts({
    run: async (program) => (program === 'nft' ? { kind: 'ok', stdout: nothing } : { kind: 'missing' }),
  })
  assert.deepEqual(await firewallRequests.run(site), { outcome: 'ok', evidence: 'no rules' })
})
