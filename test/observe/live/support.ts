import type { Happening } from '../../../src/events/event.ts'
import { BootStories } from '../../../src/events/stories.ts'
import { VirtualClock } from '../../../src/net/virtual-clock.ts'
import { LiveFeed } from '../../../src/observe/live/feed.ts'
import type { LiveMessage } from '../../../src/observe/live/snapshot.ts'

/** 2026-03-01 12:00 UTC. */
export const noonMs = 1_772_366_400_000

/** A feed on a clock that stands still, with its stories behind it. */
export function openFeed() {
  const clock = new VirtualClock()
  const wallMs = () => noonMs + clock.now()
  const stories = new BootStories()
  const feed = new LiveFeed({ stories, clock, version: '1.2.3', wallMs })
  const publish = (event: Happening) => {
    const timed = { atMs: wallMs(), ...event }
    stories.apply(timed)
    feed.record(timed)
  }
  return { clock, wallMs, stories, feed, publish }
}

export const node = { mac: '52:54:00:00:00:01', interface: 'eth1', architecture: 'x64' } as const
export const offered: Happening = {
  type: 'dhcp.offered',
  form: 'direct',
  gives: 'file',
  bootFile: 'ipxe.efi',
  server: '10.0.0.2',
  ...node,
}
const transfer = { transfer: 1, file: 'ipxe.efi', ...node }
export const requested: Happening = { type: 'tftp.requested', blockSize: 1468, windowSize: 4, ...transfer }
export const progress = (sentBytes: number): Happening => ({
  type: 'tftp.progress',
  sentBytes,
  totalBytes: 1_000_000,
  ...transfer,
})
export const completed: Happening = {
  type: 'tftp.completed',
  totalBytes: 1_000_000,
  durationMs: 500,
  resentBlocks: 3,
  ...transfer,
}
export const failed: Happening = {
  type: 'tftp.failed',
  reason: 'stopped-acknowledging',
  detail: 'no progress for 24 s',
  block: 12,
  sentBytes: 17_616,
  totalBytes: 1_000_000,
  ...transfer,
}
export const listening: Happening = { type: 'interface.listening', interface: 'eth1', address: '10.0.0.2' }
export const loaded: Happening = {
  type: 'artifact.loaded',
  architecture: 'x64',
  path: '/boot/ipxe.efi',
  sizeBytes: 1_000_000,
  sha256: 'ab'.repeat(32),
}
export const started: Happening = { type: 'service.started', version: '1.2.3', interfaces: ['eth1'] }

export type Changes = Extract<LiveMessage, { type: 'changes' }>

export function changesIn(messages: readonly LiveMessage[]): Changes[] {
  return messages.filter((message): message is Changes => message.type === 'changes')
}
