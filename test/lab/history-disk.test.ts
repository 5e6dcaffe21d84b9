import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { EventBus } from '../../src/events/bus.ts'
import { BootStories } from '../../src/events/stories.ts'
import { systemClock } from '../../src/net/clock.ts'
import { History } from '../../src/observe/history/history.ts'
import { readHistory } from '../../src/observe/history/reader.ts'
import { LiveFeed } from '../../src/observe/live/feed.ts'
import { openHistory } from '../../src/service/keep-history.ts'
import { missing } from '../support/needs.ts'
import { simulatedMac } from '../support/simulated-boots.ts'

const skip = missing('root', 'mount:mount')
const disk = mkdtempSync(join(tmpdir(), 'emf-pxe-disk-'))
const ballast = join(disk, 'ballast')
let mounted = false
after(() => {
  if (mounted) execFileSync('umount', [disk])
  rmSync(disk, { recursive: true, force: true })
})

/** Takes every byte that is left; returns how to give them back. */
function fillDisk(): () => void {
  for (let sizeBytes = 1 << 20; sizeBytes >= 1; sizeBytes >>= 1) {
    for (;;) {
      try {
        writeFileSync(ballast, Buffer.alloc(sizeBytes), { flag: 'a' })
      } catch {
        break
      }
    }
  }
  return () => rmSync(ballast)
}

test('a full disk costs history for a while, never a boot', { skip }, () => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])
  mounted = true
  const troubles: (string | undefined)[] = []
  const stories = new BootStories()
  const file = join(disk, 'history.db')
  const history = new History(stories, {
    file,
    keepDays: 30,
    maxBytes: 1e6,
    onTrouble: (problem) => troubles.push(problem),
  })
  const finish = (index: number) => {
    const node = { mac: simulatedMac(index), interface: 'eth1' }
    for (const event of [
      { type: 'dhcp.offered', form: 'direct', gives: 'file', bootFile: 'a', server: '', ...node },
      {
        type: 'tftp.completed',
        transfer: 1,
        file: 'a',
        totalBytes: 1,
        durationMs: 1,
        resentBlocks: 0,
        ...node,
      },
    ] as const) {
      stories.apply({ atMs: 1000 + index, ...event })
      history.record({ atMs: 1000 + index, ...event })
    }
  }
  finish(0)
  const makeRoom = fillDisk()
  for (let index = 1; index <= 200; index++) finish(index)
  assert.equal(troubles.length, 1, 'told once')
  assert.match(troubles[0] ?? '', /full/)
  makeRoom()
  // A part of what waits is written at a time.
  for (let turn = 0; turn < 2; turn++) history.flush()
  assert.deepEqual(troubles.slice(1), [undefined], 'told when it is over')
  const kept = readHistory(file, 0).stories.filter(({ stage }) => stage === 'fetched')
  assert.equal(kept.length, 201)
  history.close()
})

test('a service on a full disk starts, says so, and shows it', { skip }, () => {
  const makeRoom = fillDisk()
  const stories = new BootStories()
  const feed = new LiveFeed({ stories, clock: systemClock, version: '1' })
  const warnings: string[] = []
  const settings = { days: 30, maxMegabytes: 64 }
  const file = join(disk, 'another.db')
  const close = openHistory(file, settings, stories, new EventBus(), feed, (text) => warnings.push(text))
  assert.match(warnings[0] ?? '', /boot history is not kept: .*another\.db/)
  assert.match(feed.site.problems.map(({ sentence }) => sentence).join(), /boot history is not kept/)
  close()
  makeRoom()
})
