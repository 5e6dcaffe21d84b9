import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Facts, type HeardOnNic } from '../../src/checks/facts.ts'
import { advertisedAddress } from '../../src/checks/network/advertised-address.ts'
import type { NetworkInterface } from '../../src/net/interfaces.ts'
import { readOffer } from '../../src/node/offer.ts'
import { discover } from '../proxydhcp/fixtures.ts'
import { someFacts } from './support.ts'

const nic: Omit<NetworkInterface, 'addresses'> = {
  name: 'e0',
  index: 2,
  kind: 'physical',
  up: true,
  running: true,
  mac: '52:54:00:00:00:99',
  mtuBytes: 1500,
  speedMbps: undefined,
  master: undefined,
  hasDefaultRoute: true,
}

interface Situation {
  readonly ours: readonly string[]
  readonly told: string
  readonly offered?: string
  readonly routers?: readonly string[]
}

class Hearing extends Facts {
  situation: Situation = { ours: [], told: '' }
  override async servedNics(): Promise<readonly NetworkInterface[]> {
    const addresses = this.situation.ours.map((cidr) => {
      const [address = '', prefixLength] = cidr.split('/')
      return { address, prefixLength: Number(prefixLength) }
    })
    return [{ ...nic, addresses }]
  }
  override async heard(): Promise<readonly HeardOnNic[]> {
    const { told, offered, routers = [] } = this.situation
    const packet = { ...discover, op: 2, yiaddr: offered ?? '0.0.0.0', siaddr: '10.0.0.1' } as const
    const answer = {
      offer: readOffer(packet),
      sender: '10.0.0.1',
      afterMs: 1,
      offeredAddress: offered,
      routers,
      nameServers: [],
      vendorClass: undefined,
      dropped: undefined,
    }
    return [{ nic: 'e0', ourAddress: told, mac: '', answers: offered === undefined ? [] : [answer] }]
  }
}

const rows: [name: string, situation: Situation, outcome: string, evidence: RegExp][] = [
  [
    'one address, in the network of the nodes',
    { ours: ['10.0.0.2/24'], told: '10.0.0.2', offered: '10.0.0.50' },
    'ok',
    /10\.0\.0\.2, in the network of 10\.0\.0\.50/,
  ],
  [
    'of two addresses the wrong one',
    { ours: ['10.0.0.2/24', '10.9.0.2/16'], told: '10.0.0.2', offered: '10.9.7.7', routers: ['10.9.0.1'] },
    'warning',
    /10\.9\.7\.7 and are told 10\.0\.0\.2, though 10\.9\.0\.2 of the same NIC/,
  ],
  [
    'of two addresses the right one',
    { ours: ['10.0.0.2/24', '10.9.0.2/16'], told: '10.9.0.2', offered: '10.9.7.7' },
    'ok',
    /10\.9\.0\.2, in the network/,
  ],
  [
    'another network, behind a router',
    { ours: ['10.0.0.2/24'], told: '10.0.0.2', offered: '10.0.1.50', routers: ['10.0.1.1'] },
    'ok',
    /which they reach through 10\.0\.1\.1/,
  ],
  [
    'another network, and no router',
    { ours: ['10.0.0.2/24'], told: '10.0.0.2', offered: '10.0.1.50' },
    'failed',
    /in another network, and they get no gateway/,
  ],
  ['no DHCP server', { ours: ['10.0.0.2/24'], told: '10.0.0.2' }, 'ok', /nobody gives addresses/],
]
for (const [name, situation, outcome, evidence] of rows)
  test(`${name}: ${outcome}`, async () => {
    const facts = new Hearing(someFacts())
    facts.situation = situation
    const result = await advertisedAddress.run(facts)
    assert.equal(result.outcome, outcome, result.evidence)
    assert.match(result.evidence, evidence)
  })
