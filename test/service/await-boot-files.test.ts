import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../src/net/virtual-clock.ts'
import { awaitBootFiles } from '../../src/service/await-boot-files.ts'

/** A boot file that is `lies[n]` at the n-th look; what is loaded is no longer missing. */
function place(lies: (string | undefined)[]) {
  const clock = new VirtualClock()
  const loadedAtMs: number[] = []
  let looks = 0
  const read = async () => {
    const text = lies[Math.min(looks++, lies.length - 1)]
    if (text === undefined) throw new Error('ENOENT')
    return Buffer.from(text)
  }
  const source = { architecture: 'x64', name: 'ipxe.efi', path: '/boot/ipxe.efi', read } as const
  const end = awaitBootFiles(
    clock,
    () => (loadedAtMs.length === 0 ? [source] : []),
    async () => void loadedAtMs.push(clock.now()),
  )
  return { clock, loadedAtMs, end, looks: () => looks }
}

test('a boot file that comes is loaded, and then looked for no more', async () => {
  const { clock, loadedAtMs, looks } = place([undefined, 'whole'])
  await clock.advance(20_000)
  assert.deepEqual(loadedAtMs, [6_000])
  assert.equal(looks(), 3)
})

test('a boot file that is still being copied is not loaded: it grows, or is empty', async () => {
  const { clock, loadedAtMs } = place(['', '', 'ha', 'half', 'half or', 'whole'])
  await clock.advance(12_000)
  assert.deepEqual(loadedAtMs, [])
  await clock.advance(2_000)
  assert.deepEqual(loadedAtMs, [14_000])
})

test('nothing is looked at when it has ended', async () => {
  const { clock, end, looks } = place([undefined])
  await clock.advance(5_000)
  end()
  await clock.advance(20_000)
  assert.equal(looks(), 2)
})
