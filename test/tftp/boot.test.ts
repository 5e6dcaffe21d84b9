import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { edk2, edk2LockStep, ipxe, plain } from '../../src/node/tftp-profiles.ts'
import { fileOf, Site, sha256 } from './site.ts'

const profiles = { edk2, edk2LockStep, ipxe, plain }

describe('a perfect wire', () => {
  for (const [name, profile] of Object.entries(profiles)) {
    test(`${name} fetches and nothing is sent twice`, async () => {
      const bytes = fileOf(1_080_320)
      const site = await Site.open({ lookup: () => ({ bytes }) })
      const result = await site.clock.until(site.fetch('ipxe.efi', profile))
      await site.clock.advance(1)
      assert(result.ok)
      assert.deepEqual(
        [result.sizeBytes, result.sha256, result.discardedBlocks, result.retries],
        [bytes.length, sha256(bytes), 0, 0],
      )
      const probe = profile.probesSize ? ['requested', 'probed'] : []
      const times = result.durationMs >= 1000 ? site.told().filter((word) => word === 'progress') : []
      assert.deepEqual(site.told(), [...probe, 'requested', ...times, 'completed'])
      assert.equal(site.server.transfers, 0)
    })
  }
})

/** 10 % loss in each direction; some datagrams take a detour and are overtaken, some come twice. */
const weather = { delayMs: 0.2, jitterMs: 0.02, lossPercent: 10, reorderPercent: 5, duplicatePercent: 2 }

describe('10 % loss, reordering and duplicates', () => {
  for (const [name, profile] of Object.entries(profiles)) {
    for (const sizeBytes of [0, 1, 511, 512, 513, 1468, 1468 * 4, 1468 * 40, 1_080_320]) {
      test(`${name}: ${sizeBytes} bytes arrive as they are (seed 42)`, async () => {
        const bytes = fileOf(sizeBytes)
        const site = await Site.open({ seed: 42, conditions: weather, lookup: () => ({ bytes }) })
        const result = await site.clock.until(site.fetch('ipxe.efi', profile))
        assert(result.ok, JSON.stringify(result))
        assert.deepEqual([result.sizeBytes, result.sha256], [sizeBytes, sha256(bytes)])
        await site.clock.advance(60_000)
        assert.equal(site.server.transfers, 0)
        assert.equal(site.told().filter((word) => word.startsWith('failed')).length, 0)
      })
    }
  }

  for (const sizeBytes of [65_535 * 512 - 2, 65_535 * 512, 65_535 * 512 + 2, 40 * 1024 * 1024]) {
    test(`windows of 4 blocks of 512: ${sizeBytes} bytes pass block 65535 (seed 7)`, async () => {
      const bytes = fileOf(sizeBytes)
      const site = await Site.open({ seed: 7, conditions: weather, lookup: () => ({ bytes }) })
      const windowed = {
        ...plain,
        options: new Map([
          ['blksize', '512'],
          ['windowsize', '4'],
        ]),
      }
      const result = await site.clock.until(site.fetch('big.bin', windowed))
      assert(result.ok, JSON.stringify(result))
      assert.deepEqual([result.sizeBytes, result.sha256], [sizeBytes, sha256(bytes)])
    })
  }

  test('lock step without options: 40 MB in blocks of 512 pass block 65535 (seed 3)', async () => {
    const bytes = fileOf(40 * 1024 * 1024)
    const site = await Site.open({ seed: 3, conditions: weather, lookup: () => ({ bytes }) })
    const result = await site.clock.until(site.fetch('big.bin', plain))
    assert(result.ok, JSON.stringify(result))
    assert.equal(result.sha256, sha256(bytes))
  })

  test('the same seed makes the same boot', async () => {
    const run = async () => {
      const bytes = fileOf(300_000)
      const site = await Site.open({ seed: 99, conditions: weather, lookup: () => ({ bytes }) })
      const result = await site.clock.until(site.fetch('ipxe.efi', edk2))
      return { result, facts: site.facts, endedAtMs: site.clock.now() }
    }
    assert.deepEqual(await run(), await run())
  })
})

describe('the cost of loss', () => {
  for (const [lossPercent, mostResent] of [
    [1, 60],
    [5, 300],
  ] as const) {
    test(`${lossPercent} % loss: of 736 blocks, under ${mostResent} are sent again (seed 5)`, async () => {
      const bytes = fileOf(1_080_320)
      const site = await Site.open({ seed: 5, conditions: { lossPercent }, lookup: () => ({ bytes }) })
      const result = await site.clock.until(site.fetch('ipxe.efi', edk2))
      assert(result.ok)
      await site.clock.advance(60_000)
      const completed = site.facts.find((fact) => fact.type === 'completed')
      assert(completed !== undefined && completed.resentBlocks < mostResent, `${completed?.resentBlocks}`)
      assert(result.discardedBlocks < mostResent, `${result.discardedBlocks} came for nothing`)
    })
  }
})
