import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { NodeEvent } from '../../src/events/event.ts'
import { BootStories } from '../../src/events/stories.ts'
import { History } from '../../src/observe/history/history.ts'
import { playedPrefix } from '../../src/proxydhcp/played-node.ts'
import { readKnownNodes } from '../../src/service/known-nodes.ts'

const root = mkdtempSync(join(tmpdir(), 'emf-pxe-known-nodes-'))
after(() => rmSync(root, { recursive: true, force: true }))

const firmware = '52:54:00:00:00:01'
const laptop = '00:11:22:33:44:55'
const file = 'ipxe.efi'

const offered = (mac: string): NodeEvent => ({
  ...{ type: 'dhcp.offered', form: 'direct', gives: 'file', bootFile: file, server: '10.0.0.2' },
  ...{ mac, interface: 'eth1', architecture: 'x64' },
})
const download = (mac: string): NodeEvent[] => {
  const node = { transfer: 1, file, mac, interface: 'eth1' }
  return [
    { type: 'tftp.requested', blockSize: 1468, windowSize: 1, ...node },
    { type: 'tftp.completed', totalBytes: 1000, durationMs: 5, resentBlocks: 0, ...node },
  ]
}

/** MAC addresses that `emf-pxe nodes` would list after these events. */
function nodesAfter(...events: readonly NodeEvent[]): string[] {
  const directory = mkdtempSync(join(root, 'state-'))
  const stories = new BootStories()
  const history = new History(stories, { file: join(directory, 'history.db'), keepDays: 30, maxBytes: 1e8 })
  for (const [index, event] of events.entries()) {
    const timed = { atMs: 1000 + index, ...event }
    stories.apply(timed)
    history.record(timed)
  }
  history.close()
  return readKnownNodes(directory).map(({ mac }) => mac)
}

test('a laptop that fetched a file is no node, beside nodes that were offered it', () => {
  const booted = [offered(firmware), ...download(firmware)]
  assert.deepEqual(nodesAfter(...booted, ...download(laptop)), [firmware])
})

test('a node that was only played is no node', () => {
  const play = `${playedPrefix}:00:00:01`
  assert.deepEqual(nodesAfter(offered(firmware), offered(play), ...download(play)), [firmware])
})

test('where no offers are made (tftp-only), a download is all that is known of a node', () => {
  assert.deepEqual(nodesAfter(...download(firmware)), [firmware])
})
