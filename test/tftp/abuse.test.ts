import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededRandom } from '../../src/net/seeded-random.ts'
import { edk2 } from '../../src/node/tftp-profiles.ts'
import { encode } from '../../src/wire/tftp/encode.ts'
import { goldens } from '../wire/tftp/golden.ts'
import { fileOf, Site, sha256 } from './site.ts'
import { Stranger } from './stranger.ts'

const bytes = fileOf(100_000)
const lookup = (name: string) => (name === 'ipxe.efi' ? { bytes } : undefined)
const windowed = { tsize: '0', blksize: '1468', windowsize: '4' }
const request = encode({
  type: 'read',
  filename: 'ipxe.efi',
  mode: 'octet',
  options: new Map(Object.entries(windowed)),
})

describe('amplification', () => {
  for (const [name, options, most] of [
    ['with options', windowed, request.length],
    ['without options', {}, 516],
  ] as const) {
    test(`a forged request ${name} makes us send one packet of at most ${most} bytes, ever`, async () => {
      const site = await Site.open({ lookup })
      const victim = await Stranger.open(site)
      await victim.ask('ipxe.efi', options)
      await site.clock.advance(60_000)
      assert.equal(victim.heard.length, 1)
      assert(victim.heard.every((answer) => answer.bytes <= most))
      assert.deepEqual(site.told(), ['requested', 'failed:never-acknowledged'])
    })
  }

  test('a hundred forged requests make a hundred packets', async () => {
    const site = await Site.open({ lookup })
    const victim = await Stranger.open(site)
    for (let count = 0; count < 100; count++) await victim.ask('ipxe.efi', windowed)
    await site.clock.advance(60_000)
    assert.equal(victim.heard.length, 100)
  })
})

describe('bounds', () => {
  test('ten thousand half-open transfers: the table stays at its size, and a node still boots', async () => {
    const site = await Site.open({ lookup, limits: { maxTransfers: 500 } })
    for (let count = 0; count < 10_000; count++) {
      const forger = await Stranger.open(site)
      await forger.throw(request)
      forger.close()
      assert(site.server.transfers <= 500)
    }
    const result = await site.clock.until(site.fetch('ipxe.efi', edk2))
    assert(result.ok && result.sha256 === sha256(bytes))
    await site.clock.advance(60_000)
    assert.equal(site.server.transfers, 0)
  })

  test('nodes that are being served are never given up for newer requests', async () => {
    const site = await Site.open({ lookup, limits: { maxTransfers: 10 } })
    const served = await Promise.all(Array.from({ length: 10 }, () => Stranger.open(site)))
    for (const node of served) {
      await node.ask('ipxe.efi', windowed)
      await node.say({ type: 'ack', block: 0 })
    }
    const late = await Stranger.open(site)
    await late.ask('ipxe.efi', windowed)
    assert.deepEqual(late.words, [])
    assert(site.told().includes('dropped:tftp-too-many-transfers'))
    for (const node of served) {
      await node.say({ type: 'ack', block: 4 })
      assert.equal(node.words.at(-1), 'data 8')
    }
  })

  test('a request that found no room gets it at its next try', async () => {
    const site = await Site.open({ lookup, limits: { maxTransfers: 3 } })
    const results = await site.clock.until(
      Promise.all(Array.from({ length: 12 }, () => site.fetch('ipxe.efi', edk2))),
    )
    assert(results.every((result) => result.ok))
  })

  test('one address has at most its share of transfers', async () => {
    const site = await Site.open({ lookup, limits: { maxTransfersPerAddress: 5 } })
    const network = site.node()
    for (let count = 0; count < 20; count++) {
      const stranger = await Stranger.open(site, network)
      await stranger.ask('ipxe.efi', windowed)
    }
    assert.equal(site.server.transfers, 5)
    assert((await site.clock.until(site.fetch('ipxe.efi', edk2))).ok, 'others are not touched')
  })

  test('one address asks at most 256 times at once, and then 64 times a second', async () => {
    const site = await Site.open({ lookup })
    const stranger = await Stranger.open(site)
    for (let count = 0; count < 1000; count++) await stranger.ask('nothing')
    assert(
      stranger.heard.length >= 256 && stranger.heard.length <= 256 + 64 * 1.1,
      `${stranger.heard.length}`,
    )
    const drops = site.facts.filter((fact) => fact.type === 'dropped')
    assert(drops.length <= 3, 'a flood is told once a second')
  })
})

describe('rubbish', () => {
  test('one-byte datagrams to every port, while a node boots', async () => {
    const site = await Site.open({ lookup })
    const stranger = await Stranger.open(site)
    const booting = site.fetch('ipxe.efi', edk2)
    for (const port of [69, ...site.listener.dataPorts])
      for (let byte = 0; byte < 256; byte++) await stranger.throw(Uint8Array.of(byte), port)
    assert.deepEqual(stranger.words, [])
    assert((await site.clock.until(booting)).ok)
  })

  test('50,000 mutated datagrams to every port: no exception, no growth, a node boots (seed 11)', async () => {
    const site = await Site.open({ lookup, limits: { maxTransfers: 50 } })
    const random = seededRandom(11)
    const pick = (most: number) => Math.floor(random() * most)
    const ports = [69, ...site.listener.dataPorts]
    const strangers = await Promise.all(Array.from({ length: 20 }, () => Stranger.open(site)))
    for (let count = 0; count < 50_000; count++) {
      const datagram = Buffer.from(goldens[pick(goldens.length)]?.bytes ?? [])
      for (let flips = pick(3); flips > 0; flips--) {
        const at = pick(datagram.length)
        datagram[at] = (datagram[at] ?? 0) ^ (1 << pick(8))
      }
      await strangers[pick(20)]?.throw(datagram, ports[pick(ports.length)])
      assert(site.server.transfers <= 50)
    }
    const result = await site.clock.until(site.fetch('ipxe.efi', edk2))
    assert(result.ok && result.sha256 === sha256(bytes))
  })

  test('a client that acknowledges the same block for ever is given up, and costs one window a round trip', async () => {
    const site = await Site.open({ lookup, conditions: { delayMs: 5 } })
    const stranger = await Stranger.open(site)
    await stranger.ask('ipxe.efi', windowed)
    await site.clock.advance(20)
    const startMs = site.clock.now()
    while (site.server.transfers > 0) await stranger.say({ type: 'ack', block: 0 })
    const seconds = (site.clock.now() - startMs) / 1000
    assert(seconds < 25, `${seconds} s`)
    assert(stranger.heard.length < (4 * seconds * 1000) / 7, `${stranger.heard.length} datagrams`)
  })
})
