import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decide } from '../../src/proxydhcp/decide.ts'
import { identify } from '../../src/proxydhcp/identify.ts'
import { mostRounds, roundsWindowMs } from '../../src/proxydhcp/ipxe-rounds.ts'
import { type Fallback, NodeMemories } from '../../src/proxydhcp/memory.ts'
import { attemptWindowMs, provenForMs } from '../../src/proxydhcp/offer-form.ts'
import type { BootPolicy, Decision } from '../../src/proxydhcp/types.ts'
import type { DhcpPacket } from '../../src/wire/dhcp/packet.ts'
import {
  edk2BootServerRequest,
  edk2Discover,
  edk2HttpDiscover,
  ipxeBootServerRequest,
  ipxeDiscover,
} from '../../src/wire/dhcp/requests.ts'
import { broadcast, hardware, mac, nodeAddress, onBootServer, policy, serverAddress } from './fixtures.ts'

/** A server and one node that speaks to it at given seconds, as the engine would let them. */
class Site {
  readonly memories: NodeMemories
  readonly #policy: BootPolicy
  fallback: Fallback | undefined

  constructor(changes: Partial<BootPolicy> = {}, maxNodes = 100) {
    this.memories = new NodeMemories({ maxNodes })
    this.#policy = { ...policy, ...changes }
  }

  /** What a DISCOVER gets: the form and what it gives, or the reason why not. */
  discover(seconds: number, request: DhcpPacket): string {
    const node = identify(request)
    const memory = this.memories.observeDiscover(node, request.xid, 1000 * seconds)
    return this.#finish(decide(request, this.#policy, broadcast, memory, node), request, seconds)
  }

  askBootServer(seconds: number, request: DhcpPacket): string {
    const node = identify(request)
    const memory = this.memories.observeBootServer(node.mac)
    const decision = decide(request, this.#policy, onBootServer(), memory, node)
    return this.#finish(decision, request, seconds)
  }

  fetch(seconds: number): void {
    this.memories.observeFetch(mac, 1000 * seconds)
  }

  #finish(decision: Decision, request: DhcpPacket, seconds: number): string {
    this.fallback = this.memories.observeAnswer(decision, request.xid, 1000 * seconds)
    return decision.kind === 'ignore' ? decision.reason : `${decision.form} ${decision.gives}`
  }
}

const firmware = (xid = 1) => edk2Discover({ ...hardware, transactionId: xid })
const ipxe = (xid: number) => ipxeDiscover({ ...hardware, transactionId: xid })
const toBootServer = (xid = 99) => edk2BootServerRequest({ ...hardware, transactionId: xid }, nodeAddress)

describe('firmware that knows both forms', () => {
  test('gets the direct form at every boot', () => {
    const site = new Site()
    for (const boot of [0, 120, 240, 100_000]) {
      assert.equal(site.discover(boot, firmware(boot)), 'direct file')
      site.fetch(boot + 5)
    }
  })

  test('whose first offer is lost gets the other form at its retry, and boots by it', () => {
    const site = new Site()
    site.discover(0, firmware())
    assert.equal(site.discover(4, firmware()), 'bootServer file')
    assert.deepEqual(site.fallback, { from: 'direct', to: 'bootServer' })
  })
})

describe('firmware that ignores option 43 (edk2 before April 2017)', () => {
  test('gets the boot server form at its first retry, 4 s later, in the same transaction', () => {
    const site = new Site()
    assert.equal(site.discover(0, firmware()), 'direct file')
    assert.equal(site.fallback, undefined)
    assert.equal(site.discover(3.5, firmware()), 'bootServer file')
    assert.equal(site.askBootServer(8, toBootServer()), 'bootServer file')
  })

  /** One boot that works: ignored, then the other form, the boot server, the file. */
  function bootOnce(): Site {
    const site = new Site()
    site.discover(0, firmware())
    site.discover(4, firmware())
    site.askBootServer(8, toBootServer())
    site.fetch(9)
    return site
  }

  test('gets it at once at every later boot', () => {
    const site = bootOnce()
    for (const boot of [300, 600, 900]) {
      assert.equal(site.discover(boot, firmware(boot)), 'bootServer file')
      assert.equal(site.fallback, undefined, 'a form that worked is no fallback')
      site.askBootServer(boot + 4, toBootServer())
      site.fetch(boot + 5)
    }
  })

  test('gets the direct form again after a day: the firmware may have been updated', () => {
    assert.equal(bootOnce().discover(8 + provenForMs / 1000, firmware(2)), 'bootServer file')
    assert.equal(bootOnce().discover(9 + provenForMs / 1000, firmware(2)), 'direct file')
  })
})

describe('a site whose DHCP server is slow', () => {
  test('sees forms alternate at every retry of 4, 8, 16 s', () => {
    const site = new Site()
    const forms = [0, 4, 12, 28].map((seconds) => site.discover(seconds, firmware()))
    assert.deepEqual(forms, ['direct file', 'bootServer file', 'direct file', 'bootServer file'])
  })

  test('teaches nothing wrong: fetched without asking the boot server, so the direct form worked', () => {
    const site = new Site()
    site.discover(0, firmware())
    site.discover(4, firmware())
    site.fetch(9)
    assert.equal(site.discover(120, firmware(2)), 'direct file')
  })
})

describe('what is no retry', () => {
  test('one DISCOVER heard by two NICs gets the same form on both', () => {
    const site = new Site()
    assert.equal(site.discover(0, firmware()), 'direct file')
    assert.equal(site.discover(0.001, firmware()), 'direct file')
    assert.equal(site.discover(0.999, firmware()), 'direct file')
  })

  test('Intel’s ROM retries after 2 s, and that counts', () => {
    const site = new Site()
    site.discover(0, firmware())
    assert.equal(site.discover(2, firmware()), 'bootServer file')
  })

  test('a boot long after an offer that came to nothing starts with the direct form', () => {
    const site = new Site()
    site.discover(0, firmware())
    assert.equal(site.discover(attemptWindowMs / 1000, firmware(2)), 'direct file')
    assert.equal(site.fallback, undefined)
  })

  test('HTTP boot of the same node neither falls back nor makes PXE fall back', () => {
    const site = new Site({ httpBootUrls: { x64: 'http://e/x' } })
    const http = edk2HttpDiscover({ ...hardware, architecture: 16, transactionId: 7 })
    assert.equal(site.discover(0, http), 'direct httpBoot')
    assert.equal(site.discover(4, http), 'direct httpBoot')
    assert.equal(site.discover(125, firmware()), 'direct file')
  })

  test('another node', () => {
    const site = new Site()
    site.discover(0, firmware())
    assert.equal(site.discover(4, edk2Discover({ ...hardware, mac: '52:54:00:00:00:02' })), 'direct file')
  })
})

describe('iPXE', () => {
  test('chained by firmware gets the script, and at its retries too', () => {
    const site = new Site()
    site.discover(0, firmware())
    site.fetch(4)
    for (const seconds of [10, 11, 13, 17]) assert.equal(site.discover(seconds, ipxe(5)), 'direct script')
  })

  test('chained by firmware, whose script asks for an address again and again, still gets the script', () => {
    const site = new Site()
    site.discover(0, firmware())
    for (const round of [2, 3, 4]) assert.equal(site.discover(20 * round, ipxe(round)), 'direct script')
    site.discover(200, firmware(9))
    assert.equal(site.discover(210, ipxe(10)), 'direct script', 'the next boot')
  })

  describe('that comes back by another NIC of the machine', () => {
    const other = '52:54:00:00:00:02'
    const onOther = (xid: number, uuid: string | undefined = hardware.uuid) => {
      const { uuid: _, ...rest } = hardware
      return ipxeDiscover({
        ...rest,
        ...(uuid === undefined ? {} : { uuid }),
        mac: other,
        transactionId: xid,
      })
    }

    test('gets the script, at its retries too', () => {
      const site = new Site()
      site.discover(0, firmware())
      for (const seconds of [10, 11, 13]) assert.equal(site.discover(seconds, onOther(5)), 'direct script')
      assert.equal(site.discover(30, onOther(6)), 'direct script')
    })

    test('is known by the NIC that firmware booted from', () => {
      const site = new Site()
      site.discover(0, firmware())
      const { bootedFrom } = site.memories.observeDiscover(identify(onOther(5)), 5, 10_000)
      assert.equal(bootedFrom, mac)
    })

    test('is another machine when neither says a UUID', () => {
      const site = new Site()
      const { uuid: _, ...nameless } = hardware
      site.discover(0, edk2Discover(nameless))
      assert.equal(site.discover(10, ipxeDiscover({ ...nameless, mac: other })), 'direct file')
    })

    test('is another machine when its UUID is another one, or was named a file never or long ago', () => {
      const site = new Site()
      site.discover(0, firmware())
      assert.equal(site.discover(10, onOther(5, '99992222-3333-4444-5555-666677778888')), 'direct file')
      assert.equal(new Site().discover(10, onOther(5)), 'direct file')
      const late = new Site()
      late.discover(0, firmware())
      assert.equal(late.discover(attemptWindowMs / 1000, onOther(5)), 'direct file')
    })

    test('is iPXE in a ROM when the file was named to iPXE', () => {
      const site = new Site()
      site.discover(0, ipxe(1))
      assert.equal(site.discover(10, onOther(5)), 'direct file')
    })

    test('goes in circles there too, and is let go', () => {
      const site = new Site()
      site.discover(0, firmware())
      const answers = Array.from({ length: mostRounds + 1 }, (_, round) =>
        site.discover(10 + round, onOther(round + 1)),
      )
      assert.deepEqual([answers.at(-2), answers.at(-1)], ['direct script', 'ipxe-loop'])
    })
  })

  test('chained over HTTP boot gets the script', () => {
    const site = new Site({ httpBootUrls: { x64: 'http://e/x' } })
    site.discover(0, edk2HttpDiscover({ ...hardware, architecture: 16 }))
    assert.equal(site.discover(10, ipxe(5)), 'direct script')
  })

  test('in a ROM gets the boot file, then the script, and the boot file again at the next boot', () => {
    const site = new Site()
    assert.equal(site.discover(0, ipxe(1)), 'direct file')
    assert.equal(site.discover(1, ipxe(1)), 'direct file', 'a retry')
    site.fetch(3)
    assert.equal(site.discover(8, ipxe(2)), 'direct script')
    assert.equal(site.discover(60, ipxe(3)), 'direct file', 'the node was started again')
    assert.equal(site.discover(68, ipxe(4)), 'direct script')
  })

  test('that comes out of a boot file without its own script is told so, once none is configured', () => {
    const site = new Site({ scriptUrl: undefined })
    site.discover(0, firmware())
    assert.equal(site.discover(10, ipxe(5)), 'ipxe-without-script')
    assert.equal(site.discover(11, ipxe(5)), 'ipxe-without-script')
  })

  test('long after the boot file was named is iPXE in a ROM', () => {
    const site = new Site()
    site.discover(0, firmware())
    assert.equal(site.discover(attemptWindowMs / 1000, ipxe(5)), 'direct file')
  })

  test('asks the boot server in the round it is in, whatever its transaction id', () => {
    const site = new Site()
    site.discover(0, firmware())
    site.discover(10, ipxe(5))
    const request = ipxeBootServerRequest({ ...hardware, transactionId: 0 }, nodeAddress, serverAddress)
    assert.equal(site.askBootServer(25, request), 'bootServer script')
  })

  test('proves by running that the offer was taken, even where no fetch was seen', () => {
    const site = new Site()
    site.discover(0, firmware())
    site.discover(10, ipxe(5))
    assert.equal(site.discover(120, firmware(2)), 'direct file')
  })

  test(`is let go after ${mostRounds} rounds, and served again when their window is over`, () => {
    const site = new Site()
    const answers = Array.from({ length: mostRounds + 2 }, (_, round) =>
      site.discover(18 * round, ipxe(round + 1)),
    )
    assert.equal(answers.indexOf('ipxe-loop'), mostRounds)
    assert.equal(answers.at(-1), 'ipxe-loop')
    assert.notEqual(site.discover(roundsWindowMs / 1000, ipxe(1000)), 'ipxe-loop')
  })

  test('of a node that reboots after each installation is no circle', () => {
    const site = new Site()
    for (let boot = 0; boot < 20; boot++) {
      assert.equal(site.discover(90 * boot, firmware(2 * boot)), 'direct file')
      assert.equal(site.discover(90 * boot + 10, ipxe(2 * boot + 1)), 'direct script')
    }
  })
})

describe('memory is bounded', () => {
  const nodeNumber = (number: number) =>
    edk2Discover({
      ...hardware,
      mac: `52:54:00:00:${(number >> 8).toString(16).padStart(2, '0')}:${(number & 255).toString(16).padStart(2, '0')}`,
    })

  test('the node answered longest ago is forgotten first', () => {
    const site = new Site({}, 2)
    site.discover(0, nodeNumber(1))
    site.discover(0, nodeNumber(2))
    site.discover(4, nodeNumber(1))
    site.discover(5, nodeNumber(3))
    assert.equal(site.memories.size, 2)
    assert.equal(site.discover(6, nodeNumber(2)), 'direct file', 'forgotten: not seen as a retry')
    assert.equal(site.discover(12, nodeNumber(3)), 'bootServer file', 'remembered')
  })

  test('10,000 nodes unless said otherwise', () => {
    const memories = new NodeMemories()
    for (let number = 1; number <= 10_100; number++) {
      const request = nodeNumber(number)
      const node = identify(request)
      memories.observeAnswer(
        decide(request, policy, broadcast, { form: 'direct', ipxe: 'first' }, node),
        1,
        0,
      )
    }
    assert.equal(memories.size, 10_000)
  })

  test('nodes that are not answered take no room', () => {
    const site = new Site({ deny: { macs: new Set([mac]), ouis: new Set(), uuids: new Set() } })
    assert.equal(site.discover(0, firmware()), 'denied')
    assert.equal(site.discover(1, ipxe(1)), 'denied')
    assert.equal(site.askBootServer(2, toBootServer()), 'denied')
    site.fetch(3)
    assert.equal(site.memories.size, 0)
  })
})
