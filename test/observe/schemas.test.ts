import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Happening, ServeEvent } from '../../src/events/event.ts'
import type { LiveMessage } from '../../src/observe/live/snapshot.ts'
import { jsonLog } from '../../src/observe/log.ts'
import { lostAsJson } from '../../src/observe/log-output.ts'
import { projectRoot } from '../support/imports.ts'
import { simulateBoots } from '../support/simulated-boots.ts'
import { listening, loaded, noonMs, openFeed, started } from './live/support.ts'

function schema(name: string) {
  const text = readFileSync(join(projectRoot, 'docs', 'schemas', name), 'utf8')
  const validate = new Ajv2020({ strict: true, allErrors: true }).compile(JSON.parse(text))
  return (value: unknown) => {
    assert.ok(validate(value), `${JSON.stringify(value)}\n${JSON.stringify(validate.errors)}`)
  }
}

const node = {
  mac: '52:54:00:00:00:01',
  interface: 'eth1',
  address: '10.0.0.9',
  architecture: 'x64',
} as const
const transfer = { transfer: 1, file: 'ipxe.efi', ...node }
const sha256 = 'ab'.repeat(32)

/** One of every kind; a kind that is missing here does not compile. */
const events: { readonly [Type in ServeEvent['type']]: Extract<Happening, { type: Type }> } = {
  'dhcp.offered': {
    type: 'dhcp.offered',
    form: 'direct',
    gives: 'file',
    bootFile: 'a',
    server: 'b',
    ...node,
  },
  'dhcp.acknowledged': { type: 'dhcp.acknowledged', bootFile: 'a', server: 'b', ...node },
  'dhcp.fallback': { type: 'dhcp.fallback', from: 'direct', to: 'bootServer', ...node },
  'dhcp.ignored': { type: 'dhcp.ignored', reason: 'denied', detail: '', ...node },
  'dhcp.leased': { type: 'dhcp.leased', dhcpServer: '10.0.0.1', stage: 'ipxe', ...node },
  'ipxe.seen': { type: 'ipxe.seen', version: '1.21', ...node },
  'tftp.requested': { type: 'tftp.requested', blockSize: 1468, windowSize: 4, ...transfer },
  'tftp.probed': { type: 'tftp.probed', ...transfer },
  'tftp.progress': { type: 'tftp.progress', sentBytes: 1, totalBytes: 2, ...transfer },
  'tftp.completed': { type: 'tftp.completed', totalBytes: 2, durationMs: 0.5, resentBlocks: 0, ...transfer },
  'tftp.failed': {
    type: 'tftp.failed',
    reason: 'never-acknowledged',
    detail: '',
    block: 0,
    sentBytes: 0,
    totalBytes: 2,
    ...transfer,
  },
  'tftp.refused': { type: 'tftp.refused', file: '\x1b', reason: 'not-found', code: 1, ...node, mac: '' },
  'http.served': { type: 'http.served', file: 'a', totalBytes: 2, durationMs: 1, ...node },
  'interface.listening': listening as Extract<Happening, { type: 'interface.listening' }>,
  'interface.waiting': { type: 'interface.waiting', interface: 'eth1', reason: 'no-ipv4' },
  'interface.readdressed': { type: 'interface.readdressed', interface: 'eth1', address: 'a', previous: 'b' },
  'interface.failed': { type: 'interface.failed', interface: 'eth1', code: 'PORT_IN_USE', message: 'held' },
  'packet.dropped': { type: 'packet.dropped', interface: 'eth1', reason: 'truncated', detail: '' },
  'artifact.loaded': loaded as Extract<Happening, { type: 'artifact.loaded' }>,
  'artifact.missing': {
    type: 'artifact.missing',
    architecture: 'x64',
    path: '/a',
    message: 'gone',
    stillServed: true,
  },
  'artifact.refreshed': { type: 'artifact.refreshed', sha256, sizeBytes: 1 },
  'artifact.unchanged': { type: 'artifact.unchanged' },
  'artifact.refresh-failed': { type: 'artifact.refresh-failed', code: 'DOWNLOAD_TOO_SLOW', message: 'slow' },
  'artifact.trust-mismatch': { type: 'artifact.trust-mismatch', trusted: 'a', served: 'b' },
  'artifact.certificate-expiring': { type: 'artifact.certificate-expiring', expiresAtMs: noonMs },
  'service.started': started as Extract<Happening, { type: 'service.started' }>,
  'service.reloaded': { type: 'service.reloaded' },
  'service.reload-failed': { type: 'service.reload-failed', message: 'no' },
  'service.draining': { type: 'service.draining', transfers: 0 },
  'service.stopped': { type: 'service.stopped' },
}

describe('the published schema of log lines', () => {
  const valid = schema('events.schema.json')

  for (const event of Object.values(events)) {
    test(event.type, () => {
      const lines: string[] = []
      jsonLog((line) => lines.push(line), 'debug')({ atMs: noonMs, ...event })
      // Progress is for live views.
      assert.equal(lines.length, event.type === 'tftp.progress' ? 0 : 1)
      for (const line of lines) valid(JSON.parse(line))
    })
  }

  test('lines that were lost', () => valid(JSON.parse(lostAsJson(7))))

  test('what is not an event is not valid', () => {
    assert.throws(() => valid({ time: '2026-03-01T12:00:00.000Z', level: 'info', event: 'x', message: '' }))
  })
})

describe('the published schema of the live feed', () => {
  const valid = schema('live.schema.json')

  test('snapshots and messages of a busy site', async () => {
    const { clock, wallMs, stories, feed, publish } = openFeed()
    const messages: LiveMessage[] = []
    feed.open((message) => {
      messages.push(JSON.parse(JSON.stringify(message)))
      return true
    })
    feed.expect({ interfaces: ['eth1', 'eth2'], architectures: ['x64', 'arm64'] })
    for (const event of Object.values(events)) publish(event)
    simulateBoots({
      clock,
      wallMs,
      publish: (event) => {
        stories.apply(event)
        feed.record(event)
      },
      nodes: 100,
      spreadMs: 1000,
      downloadMs: 3000,
    })
    await clock.advance(90_000)
    feed.close()
    assert.ok(messages.length > 20)
    for (const message of messages) valid(message)
    valid(JSON.parse(JSON.stringify(feed.snapshot())))
  })

  test('another shape is not valid', () => {
    assert.throws(() => valid({ type: 'changes', atMs: 1, stories: [{ id: 1 }] }))
  })
})
