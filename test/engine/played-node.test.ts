import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { nodeKinds } from '../../src/probe/kinds.ts'
import { probe } from '../../src/probe/probe.ts'
import { isPlayed } from '../../src/proxydhcp/played-node.ts'
import { mac, ports, type Server, type ServerWishes, TestLan } from './lan.ts'

const laptop = '10.0.0.77'

/** `emf-pxe probe --mac` from a laptop beside the server, with the address of a real node. */
async function played(lan: TestLan, kind: keyof typeof nodeKinds) {
  return lan.clock.until(
    probe({
      network: lan.network.host({ name: 'p0', address: laptop }),
      clock: lan.clock,
      interface: 'p0',
      ourAddress: laptop,
      ports,
      kind: nodeKinds[kind],
      mac,
      uuid: undefined,
      windowMs: 4000,
      fetches: true,
    }),
  )
}

async function open(wishes: ServerWishes = {}): Promise<{ lan: TestLan; server: Server }> {
  const lan = await TestLan.open()
  return { lan, server: await lan.serve(wishes) }
}

describe('a node that is played with a real MAC address', () => {
  for (const kind of ['edk2-x64', 'ipxe'] as const)
    test(`${kind}: gets what the node gets, and the story of the node stays as it was`, async () => {
      const { lan, server } = await open()
      const booted = await lan.boot(lan.nodeOptions())
      assert.ok(booted.result.ok)
      await lan.clock.advance(10 * 60_000)
      const before = server.stories.get(mac)
      const { file } = await played(lan, kind)
      assert.ok(file?.result?.ok, JSON.stringify(file))
      assert.equal(file.result.sha256, booted.result.sha256)
      await lan.clock.advance(10)
      assert.deepEqual(server.stories.get(mac), before)
      const [play] = [...server.stories.all()].filter((story) => isPlayed(story.mac))
      assert.equal(play?.stage, 'fetched', 'offer and download are one story')
      assert.equal(server.stories.size, 2, 'and the laptop has none')
    })

  test('the node boots as ever after it: no other form of offer, no loop', async () => {
    const { lan, server } = await open()
    await played(lan, 'edk2-x64')
    const { result } = await lan.boot(lan.nodeOptions())
    assert.ok(result.ok)
    assert.equal(server.stories.get(mac)?.offerForm, 'direct')
  })

  test('access lists look at the real address', async () => {
    const { lan } = await open({ config: `deny: {macs: ['${mac}']}\n` })
    const { choice, answers } = await played(lan, 'edk2-x64')
    assert.equal(choice.kind, 'none')
    assert.deepEqual(
      answers.map(({ offer }) => offer.server),
      ['10.0.0.1'],
    )
  })
})
