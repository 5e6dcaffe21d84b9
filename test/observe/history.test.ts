import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { NodeEvent } from '../../src/events/event.ts'
import { BootStories } from '../../src/events/stories.ts'
import { History } from '../../src/observe/history/history.ts'
import { readHistory, readHistoryIfAllowed } from '../../src/observe/history/reader.ts'

const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-history-'))
after(() => rmSync(directory, { recursive: true, force: true }))

let files = 0
const newFile = () => join(directory, `history-${files++}.db`)
const file = 'ipxe.efi'
const mac = (index: number) =>
  `52:54:00:00:${(index >> 8).toString(16).padStart(2, '0')}:${(index & 255).toString(16).padStart(2, '0')}`

function events(index: number): NodeEvent[] {
  const node = { mac: mac(index), interface: 'eth1', architecture: 'x64' as const }
  return [
    { type: 'dhcp.offered', form: 'direct', gives: 'file', bootFile: file, server: '10.0.0.2', ...node },
    {
      type: 'tftp.completed',
      transfer: index,
      file,
      totalBytes: 1000,
      durationMs: 5,
      resentBlocks: 0,
      ...node,
    },
  ]
}

/** What a request in another's name ends in. */
function unheard(index: number): NodeEvent {
  const progress = { transfer: index, file, detail: '', block: 0, sentBytes: 0, totalBytes: 1000 }
  return {
    type: 'tftp.failed',
    reason: 'never-acknowledged',
    ...progress,
    mac: mac(index),
    interface: 'eth1',
  }
}

function open(path: string, options: { keepDays?: number; maxBytes?: number } = {}) {
  const stories = new BootStories()
  const history = new History(stories, {
    file: path,
    keepDays: options.keepDays ?? 30,
    maxBytes: options.maxBytes ?? 1e8,
  })
  const publish = (atMs: number, event: NodeEvent) => {
    stories.apply({ atMs, ...event })
    history.record({ atMs, ...event })
  }
  return { history, publish }
}

test('a history that this user may not read is not taken for an empty one', {
  skip: process.getuid?.() === 0 && 'needs an ordinary user',
}, () => {
  const closed = mkdtempSync(join(directory, 'closed-'))
  chmodSync(closed, 0o000)
  try {
    assert.throws(() => readHistory(join(closed, 'history.db'), 0), { code: 'EACCES' })
    assert.equal(readHistoryIfAllowed(join(closed, 'history.db'), 0), undefined)
  } finally {
    chmodSync(closed, 0o700)
  }
})

test('a finished download is readable from another connection at once', () => {
  const path = newFile()
  const { history, publish } = open(path)
  for (const event of events(1)) publish(5000, event)
  const view = readHistory(path, 0)
  assert.equal(view.stories[0]?.stage, 'fetched')
  assert.equal(view.nodes[0]?.mac, mac(1))
  assert.deepEqual(
    view.counts.map(({ name, count }) => [name, count]),
    [
      ['fetched', 1],
      ['offered', 1],
    ],
  )
  history.close()
})

test('stories survive a restart', () => {
  const path = newFile()
  const first = open(path)
  for (const event of events(1)) first.publish(5000, event)
  first.history.close()
  const second = open(path)
  assert.equal(second.history.recent(10).length, 1)
  second.history.close()
})

test('old stories go by age, counters too', () => {
  const path = newFile()
  const { history, publish } = open(path, { keepDays: 1 })
  for (const event of events(1)) publish(1000, event)
  for (const event of events(2)) publish(90_000_000, event)
  history.tidy(90_000_000)
  const view = readHistory(path, 0)
  assert.deepEqual(
    view.stories.map((story) => story.mac),
    [mac(2)],
  )
  assert.ok(view.counts.every(({ hourMs }) => hourMs > 0))
  history.close()
})

test('the file stays within its size, oldest stories first', () => {
  const path = newFile()
  const { history, publish } = open(path, { maxBytes: 300_000 })
  for (let index = 0; index < 2000; index++)
    for (const event of events(index)) publish(1_000_000 + index, event)
  history.tidy(2_000_000)
  const size = statSync(path).size
  assert.ok(size <= 300_000, `file has ${size} bytes`)
  assert.equal(history.recent(1)[0]?.mac, mac(1999))
  history.close()
})

test('a storm of 4000 nodes between two checkpoints leaves a log of 64 MiB at most', () => {
  const path = newFile()
  const { history, publish } = open(path)
  for (let index = 0; index < 4000; index++)
    for (const event of events(index)) publish(1_000_000 + index, event)
  const size = statSync(`${path}-wal`).size
  assert.ok(size < 68e6, `the log has ${size} bytes`)
  assert.equal(readHistory(path, 0).stories.length, 4000)
  history.close()
})

test('made-up nodes, a thousand a second, are written a few at a time', () => {
  const path = newFile()
  const { history, publish } = open(path)
  for (let index = 0; index < 6000; index++) {
    const [offered] = events(index)
    if (offered !== undefined) publish(1_000_000 + index, offered)
    publish(1_000_000 + index, unheard(index))
  }
  assert.equal(readHistory(path, 0).stories.length, 0)
  history.flush()
  assert.equal(readHistory(path, 0).stories.length, 128)
  for (const event of events(7000)) publish(1_100_000, event)
  assert.ok(readHistory(path, 0).stories.some((story) => story.mac === mac(7000)))
  history.close()
  assert.equal(readHistory(path, 0).stories.length, 5001)
})

test('of 21,000 nodes the 20,000 seen last stay', () => {
  const path = newFile()
  const { history, publish } = open(path, { keepDays: 1 })
  for (let index = 0; index < 21_000; index++) {
    const [offered] = events(index)
    if (offered !== undefined) publish(1_000_000 + index, offered)
    if (index % 128 === 127) history.flush()
  }
  history.flush()
  history.tidy(1_100_000)
  const { nodes } = readHistory(path, 0)
  assert.equal(nodes.length, 20_000)
  assert.equal(nodes.at(-1)?.mac, mac(1000))
  history.close()
})

test('a damaged file is set aside and a new one begun', () => {
  const path = newFile()
  writeFileSync(path, Buffer.alloc(8192, 'not a database'))
  const { history, publish } = open(path)
  assert.ok(history.setAside !== undefined && existsSync(history.setAside))
  for (const event of events(1)) publish(1000, event)
  assert.equal(history.recent(10).length, 1)
  history.close()
})

test('kill -9 in the middle of writing loses no finished story and invents none', async () => {
  const path = newFile()
  const log = join(directory, 'finished.log')
  const script = join(import.meta.dirname, '../support/history-writer.ts')
  for (let round = 0; round < 5; round++) {
    const child = spawn(process.execPath, [script, path, log, String(round)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.stdout.resume()
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const finished = readFileSync(log, 'utf8').split('\n').filter(Boolean)
  const kept = new Set(
    readHistory(path, 0, 1e6)
      .stories.filter((story) => story.stage === 'fetched')
      .map((story) => story.id),
  )
  assert.ok(finished.length > 5)
  for (const id of finished) assert.ok(kept.has(id), `${id} was told and lost`)
  const written = new Set(readFileSync(`${log}.begun`, 'utf8').split('\n'))
  for (const id of kept) assert.ok(written.has(id), `${id} was invented`)
})
