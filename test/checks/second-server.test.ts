import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Facts, type HeardOnNic } from '../../src/checks/facts.ts'
import { rivalProxy } from '../../src/checks/network/rivals.ts'
import { readOffer } from '../../src/node/offer.ts'
import type { Answer } from '../../src/probe/discover.ts'
import { replyTo } from '../../src/proxydhcp/reply.ts'
import { broadcast, discover } from '../proxydhcp/fixtures.ts'
import { someFacts } from './support.ts'

const ourAddress = '10.0.0.2'
const second = '10.0.0.3'

interface Wishes {
  readonly name?: string | undefined
  readonly sizeBytes?: number | undefined
}

/** What a server at `address` offers. */
function offerOf(address: string, wishes: Wishes = {}): Answer {
  const { name, sizeBytes } = { name: 'ipxe.efi', sizeBytes: 1_080_320, ...wishes }
  const arrival = { ...broadcast, serverAddress: address }
  const packet = replyTo(discover, arrival, { type: 'offer', client: 'pxe', toIpxe: false, name, sizeBytes })
  const silent = { offeredAddress: undefined, routers: [], nameServers: [], dropped: undefined }
  return { ...silent, offer: readOffer(packet), sender: address, afterMs: 1, vendorClass: 'PXEClient' }
}

class Hearing extends Facts {
  answers: readonly Answer[] = []
  override heard(): Promise<readonly HeardOnNic[]> {
    return Promise.resolve([{ nic: 'e0', ourAddress, mac: '', answers: this.answers }])
  }
}

const rows: [name: string, outcome: string, evidence: RegExp, answers: Answer[]][] = [
  ['nobody else', 'ok', /none on e0/, [offerOf(ourAddress)]],
  [
    'a second server with the same file',
    'ok',
    /10\.0\.0\.3 with ipxe\.efi on e0 offers the same file as we do/,
    [offerOf(second), offerOf(ourAddress)],
  ],
  [
    'a second server with another build of the file',
    'warning',
    /10\.0\.0\.3 on e0 offers another ipxe\.efi than we do/,
    [offerOf(second, { sizeBytes: 1_090_000 }), offerOf(ourAddress)],
  ],
  [
    'a server with a file of another name',
    'warning',
    /10\.0\.0\.3 with rival\.efi on e0 answers nodes too/,
    [offerOf(second, { name: 'rival.efi' }), offerOf(ourAddress)],
  ],
  [
    'a server with a file of the same name, of which it tells no size',
    'warning',
    /answers nodes too/,
    [offerOf(second, { sizeBytes: undefined }), offerOf(ourAddress)],
  ],
  [
    'a server that wants to be asked on port 4011',
    'warning',
    /10\.0\.0\.3 on e0 answers nodes too/,
    [offerOf(second, { name: undefined, sizeBytes: undefined }), offerOf(ourAddress)],
  ],
  ['a server beside ours, which offers nothing', 'warning', /answers nodes too/, [offerOf(second)]],
]
for (const [name, outcome, evidence, answers] of rows)
  test(`${name}: ${outcome}`, async () => {
    const facts = new Hearing(someFacts())
    facts.answers = answers
    const result = await rivalProxy.run(facts)
    assert.equal(result.outcome, outcome, result.evidence)
    assert.match(result.evidence, evidence)
  })
