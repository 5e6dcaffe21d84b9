import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { diagnose, diagnosisCodes } from '../../src/events/diagnose.ts'
import type { NodeEvent, TransferFailure } from '../../src/events/event.ts'
import { BootStories } from '../../src/events/stories.ts'
import { type BootStory, maxMilestones } from '../../src/events/story.ts'
import { playedPrefix } from '../../src/proxydhcp/played-node.ts'

const node = { mac: '52:54:00:00:00:01', interface: 'eth1' } as const
const file = 'ipxe.efi'
const size = 1_080_320

const offer: NodeEvent = {
  type: 'dhcp.offered',
  form: 'direct',
  gives: 'file',
  bootFile: file,
  server: '10.0.0.2',
  ...node,
}
const probe: NodeEvent = { type: 'tftp.probed', transfer: 1, file, ...node }
const request: NodeEvent = {
  type: 'tftp.requested',
  transfer: 2,
  file,
  blockSize: 1468,
  windowSize: 4,
  ...node,
}
const half: NodeEvent = {
  type: 'tftp.progress',
  transfer: 2,
  file,
  sentBytes: size / 2,
  totalBytes: size,
  ...node,
}
const done: NodeEvent = {
  type: 'tftp.completed',
  transfer: 2,
  file,
  totalBytes: size,
  durationMs: 90,
  resentBlocks: 0,
  ...node,
}
const autoexec: NodeEvent = {
  type: 'tftp.refused',
  file: 'autoexec.ipxe',
  reason: 'autoexec',
  code: 1,
  ...node,
}
const asked: NodeEvent = { type: 'dhcp.acknowledged', bootFile: file, server: '10.0.0.2', ...node }
const ipxe: NodeEvent = { type: 'ipxe.seen', ...node }
const ipxeLease: NodeEvent = {
  type: 'dhcp.leased',
  stage: 'ipxe',
  dhcpServer: '10.0.0.1',
  address: '10.0.0.100',
  ...node,
}
const systemLease: NodeEvent = { type: 'dhcp.leased', stage: 'system', dhcpServer: '10.0.0.1', ...node }
const failed = (reason: TransferFailure, block: number, detail = ''): NodeEvent => ({
  type: 'tftp.failed',
  transfer: 2,
  file,
  reason,
  detail,
  block,
  sentBytes: block * 1468,
  totalBytes: size,
  ...node,
})
const refused: NodeEvent = {
  type: 'dhcp.ignored',
  reason: 'architecture-not-configured',
  detail: 'AArch64 (11)',
  ...node,
}

/** Events one second apart. */
function tell(...events: NodeEvent[]): { story: BootStory; stories: BootStories } {
  const stories = new BootStories()
  for (const [index, event] of events.entries()) stories.apply({ atMs: (index + 1) * 1000, ...event })
  const story = stories.get(node.mac)
  assert.ok(story !== undefined)
  return { story, stories }
}

test('a whole boot is one story whose stages only move forward', () => {
  const { story, stories } = tell(offer, probe, request, half, done, autoexec, ipxe, ipxeLease, systemLease)
  assert.equal(story.stage, 'system-started')
  assert.deepEqual(
    story.milestones.map((milestone) => milestone.kind),
    ['offered', 'size probe', 'fetching', 'fetched', 'iPXE started', 'iPXE addressed', 'system started'],
  )
  assert.equal(story.address, '10.0.0.100')
  assert.equal(story.downloads, 1)
  assert.equal(stories.size, 1)
  assert.equal(diagnose(story, 10_000_000), undefined)
})

test('firmware asking again after iPXE took over is a new story, and the old one is handed back', () => {
  const { stories, story } = tell(offer, probe, request, done, ipxe)
  const change = stories.apply({ atMs: 60_000, ...offer })
  assert.equal(change?.isNew, true)
  assert.equal(change?.ended?.id, story.id)
  assert.equal(change?.story.offers, 1)
})

test('a node quiet for five minutes starts a new story', () => {
  const { stories } = tell(offer)
  assert.equal(stories.apply({ atMs: 1000 + 300_000, ...offer })?.isNew, false)
  assert.equal(stories.apply({ atMs: 1000 + 600_001, ...offer })?.isNew, true)
})

test('milestones stay bounded and keep the beginning', () => {
  const { story } = tell(...Array.from({ length: 500 }, () => offer))
  assert.equal(story.milestones.length, maxMilestones)
  assert.equal(story.milestones[0]?.kind, 'offered')
  assert.equal(story.offers, 500)
})

test('milestones of all nodes together stay bounded: of who goes on then, the beginning and the end are kept', () => {
  const stories = new BootStories()
  const tellAll = (event: NodeEvent, atMs: number) => {
    for (let index = 0; index < 10_000; index++)
      stories.apply({ atMs, ...event, mac: `52:54:00:00:${index >> 8}:${index & 255}` })
  }
  const told = () => [...stories.all()].reduce((sum, { milestones }) => sum + milestones.length, 0)
  tellAll(offer, 0)
  for (let atMs = 1; atMs < 20; atMs++) tellAll(offer, atMs)
  assert.ok(told() <= 60_000, `${told()}`)
  tellAll(done, 20)
  const kinds = [...stories.all()].at(-1)?.milestones.map(({ kind }) => kind)
  assert.deepEqual(kinds, ['offered', 'offered again', 'offered again', 'fetched'])
})

test('the number of nodes remembered is bounded; the quietest goes first', () => {
  const stories = new BootStories(3)
  for (let index = 0; index < 5; index++) {
    stories.apply({ atMs: index, ...offer, mac: `52:54:00:00:00:0${index}` })
  }
  assert.deepEqual(
    [...stories.all()].map((story) => story.mac.at(-1)),
    ['2', '3', '4'],
  )
})

test('an offer after both forms were tried says so', () => {
  const fallback: NodeEvent = { type: 'dhcp.fallback', from: 'direct', to: 'bootServer', ...node }
  const { story } = tell(offer, fallback, offer, offer)
  assert.match(diagnose(story, 10_000)?.sentence ?? '', /in both forms/)
})

test('every diagnosis is provoked here, and has its section in docs/checks.md', () => {
  const provoked = new Set(diagnoses.map(({ code }) => code))
  const documented = [...readFileSync('docs/checks.md', 'utf8').matchAll(/^### (.+)$/gm)].map(([, id]) => id)
  for (const code of diagnosisCodes) {
    assert.ok(provoked.has(code), `${code} is not provoked`)
    assert.ok(documented.includes(code), `${code} has no section`)
  }
})

const quiet = 120_000
const diagnoses: { name: string; events: NodeEvent[]; code: string | undefined; afterMs?: number }[] = [
  { name: 'fresh offer', events: [offer], code: undefined, afterMs: 3000 },
  {
    name: 'three offers and nothing fetched',
    events: [offer, offer, offer],
    code: 'offer-ignored',
    afterMs: 1000,
  },
  {
    name: 'first heard after 28 s of asking, and never again',
    events: [{ ...offer, waitedSeconds: 28 }],
    code: 'spanning-tree',
  },
  {
    name: 'first heard after 28 s of asking, and then no address for iPXE',
    events: [{ ...offer, waitedSeconds: 28 }, done, autoexec],
    code: 'spanning-tree',
  },
  {
    name: 'first heard after 28 s of asking, and running',
    events: [{ ...offer, waitedSeconds: 28 }, request, half],
    code: undefined,
    afterMs: 0,
  },
  { name: 'asked the boot server, then silence', events: [offer, asked], code: 'boot-server-then-silence' },
  {
    name: 'ended the download itself',
    events: [offer, request, failed('client-error', 3, 'disk full')],
    code: 'client-refused-transfer',
    afterMs: 0,
  },
  {
    name: 'four boots in a row',
    events: Array.from({ length: 4 }, () => [offer, done, ipxe, ipxeLease]).flat(),
    code: 'boot-order-loop',
    afterMs: 0,
  },
  {
    name: 'an installation that reboots twice',
    events: Array.from({ length: 3 }, () => [offer, done, ipxe, ipxeLease, systemLease]).flat(),
    code: undefined,
  },
  { name: 'one offer, then silence', events: [offer], code: 'offer-ignored' },
  {
    name: 'first packet never acknowledged',
    events: [offer, request, failed('never-acknowledged', 0)],
    code: 'data-ports-blocked',
    afterMs: 0,
  },
  {
    name: 'stopped at block 812',
    events: [offer, request, half, failed('stopped-acknowledging', 812)],
    code: 'transfer-cut',
    afterMs: 0,
  },
  { name: 'fetched, then silence', events: [offer, probe, request, done], code: 'ipxe-never-started' },
  { name: 'fetched by a program, not by firmware', events: [request, half, done], code: undefined },
  {
    name: 'fetched by a program three times',
    events: [request, done, request, done, request, done],
    code: undefined,
  },
  {
    name: 'a program whose download broke',
    events: [request, half, failed('stopped-acknowledging', 12)],
    code: 'transfer-cut',
    afterMs: 0,
  },
  {
    name: 'firmware without a word of DHCP',
    events: [request, probe, request, done],
    code: 'ipxe-never-started',
  },
  { name: 'fetched, a moment ago', events: [offer, probe, request, done], code: undefined, afterMs: 5000 },
  {
    name: 'fetched three times',
    events: [offer, done, offer, done, offer, done],
    code: 'download-loop',
    afterMs: 0,
  },
  { name: 'iPXE without an address', events: [offer, done, autoexec], code: 'ipxe-no-address' },
  {
    name: 'iPXE with an address',
    events: [offer, done, ipxe, ipxeLease],
    code: 'beyond-our-sight',
    afterMs: 400_000,
  },
  { name: 'refused by architecture', events: [refused], code: 'refused', afterMs: 0 },
  {
    name: 'asked for a file we do not have',
    events: [offer, { type: 'tftp.refused', file: 'grub.efi', reason: 'not-found', code: 1, ...node }],
    code: 'file-not-served',
    afterMs: 0,
  },
  {
    name: 'failed, then tried again and running',
    events: [offer, request, failed('never-acknowledged', 0), request, half],
    code: undefined,
    afterMs: 0,
  },
]

for (const { name, events, code, afterMs } of diagnoses) {
  test(`diagnosis: ${name} → ${code ?? 'none yet'}`, () => {
    const { story } = tell(...events)
    const diagnosis = diagnose(story, story.lastAtMs + (afterMs ?? quiet))
    assert.equal(diagnosis?.code, code)
    if (diagnosis !== undefined) assert.ok(diagnosis.sentence.length > 20 && diagnosis.remedy.length > 10)
  })
}

test('a node that ignores both forms is left to the site’s DHCP server, one that ignores the first is not', () => {
  const fallback = { type: 'dhcp.fallback', from: 'direct', to: 'bootServer', ...node } as const
  const remedyOf = (...events: NodeEvent[]) => {
    const { story } = tell(...events)
    return diagnose(story, story.lastAtMs + quiet)?.remedy ?? ''
  }
  assert.match(remedyOf(offer, fallback, offer), /emf-pxe hints/)
  assert.doesNotMatch(remedyOf(offer), /emf-pxe hints/)
})

test('a node without an answer for want of its boot file is told so, and forgotten about when it is offered', () => {
  const ignored = {
    type: 'dhcp.ignored',
    reason: 'artifact-missing',
    detail: 'no ipxe.efi',
    ...node,
  } as const
  const { story } = tell(ignored)
  const { code, sentence, remedy } = diagnose(story, story.lastAtMs) ?? {}
  assert.deepEqual([code, sentence], ['refused', 'the node was not answered: artifact-missing (no ipxe.efi)'])
  assert.match(remedy ?? '', /^emf-pxe fetch/)
  assert.equal(tell(ignored, offer).story.failure, undefined)
})

test('a node that is only played by status or probe is not told to have failed', () => {
  const { story } = tell(offer)
  assert.equal(diagnose(story, story.lastAtMs + quiet)?.code, 'offer-ignored')
  const played = { ...story, mac: `${playedPrefix}:00:00:01` }
  assert.equal(diagnose(played, story.lastAtMs + quiet), undefined)
})

test('stories come back after a restart, and do not push aside what is newer', () => {
  const before = new BootStories()
  before.apply({ atMs: 1000, ...offer })
  const after = new BootStories()
  after.restore([...before.all()])
  assert.equal(after.get(node.mac)?.stage, 'offered')
  after.apply({ atMs: 2000, ...done })
  assert.equal(after.get(node.mac)?.id, `${node.mac}@1000`, 'the same boot goes on')
  const newer = new BootStories()
  newer.apply({ atMs: 9000, ...offer })
  newer.restore([...before.all()])
  assert.equal(newer.get(node.mac)?.startedAtMs, 9000)
})

test('a laptop that asks for an address begins no story', () => {
  const stories = new BootStories()
  assert.equal(stories.apply({ atMs: 1, ...refused, reason: 'not-pxe' }), undefined)
  assert.equal(stories.size, 0)
})
