import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LiveMessage } from '../../../src/observe/live/snapshot.ts'
import { simulateBoots } from '../../support/simulated-boots.ts'
import {
  changesIn,
  completed,
  failed,
  listening,
  loaded,
  node,
  noonMs,
  offered,
  openFeed,
  progress,
  requested,
  started,
} from './support.ts'

function heard(feed: ReturnType<typeof openFeed>['feed']) {
  const messages: LiveMessage[] = []
  const open = feed.open((message) => {
    messages.push(message)
    return true
  })
  return { messages, open }
}

describe('the live feed', () => {
  test('begins with a snapshot, then tells what changed', async () => {
    const { clock, feed, publish } = openFeed()
    publish(offered)
    const { messages } = heard(feed)
    assert.equal(messages[0]?.type === 'snapshot' && messages[0].snapshot.stories[0]?.stage, 'offered')
    publish(completed)
    await clock.advance(200)
    const [changes] = changesIn(messages)
    assert.deepEqual(
      changes?.stories.map(({ stage, outcome }) => [stage, outcome]),
      [['fetched', 'booting']],
    )
    assert.equal(changes?.hours?.at(-1)?.counts.fetched, 1)
    feed.close()
  })

  test('a story is told at most five times a second, with its latest state', async () => {
    const { clock, feed, publish } = openFeed()
    const { messages } = heard(feed)
    publish(offered)
    publish(requested)
    for (let step = 1; step <= 100; step++) {
      publish(progress(step * 10_000))
      await clock.advance(10)
    }
    const told = changesIn(messages).filter(({ stories }) => stories.length > 0)
    assert.ok(told.length <= 6, `${told.length} messages in a second`)
    await clock.advance(200)
    const last = changesIn(messages).findLast(({ stories }) => stories.length > 0)
    assert.equal(last?.stories[0]?.transfer?.sentBytes, 1_000_000)
    feed.close()
  })

  test('the speed of a running download', async () => {
    const { clock, feed, publish } = openFeed()
    publish(offered)
    publish(requested)
    await clock.advance(1000)
    publish(progress(300_000))
    await clock.advance(1000)
    publish(progress(800_000))
    assert.equal(feed.snapshot().stories[0]?.bytesPerSecond, 400_000)
  })

  test('a consumer that takes no more is told the last state once, when it can', async () => {
    const { clock, feed, publish } = openFeed()
    const messages: LiveMessage[] = []
    let room = false
    const open = feed.open((message) => {
      messages.push(message)
      return room
    })
    publish(offered)
    publish(requested)
    for (let step = 1; step <= 50; step++) {
      publish(progress(step * 20_000))
      await clock.advance(200)
    }
    assert.equal(messages.length, 1, 'nothing after the snapshot')
    room = true
    open.ready()
    await clock.advance(200)
    assert.deepEqual(
      changesIn(messages).map(({ stories }) => stories.map((story) => story.transfer?.sentBytes)),
      [[1_000_000]],
    )
    feed.close()
  })

  test('silence is told: alive every 15 s, and a diagnosis that only time brings', async () => {
    const { clock, feed, publish } = openFeed()
    publish(offered)
    publish(completed)
    const { messages } = heard(feed)
    await clock.advance(70_000)
    assert.ok(messages.some(({ type }) => type === 'alive'))
    const last = changesIn(messages).at(-1)?.stories[0]
    assert.deepEqual([last?.outcome, last?.diagnosis?.code], ['failed', 'ipxe-never-started'])
    feed.close()
  })

  test('nothing runs while nobody looks on', async () => {
    const { clock, feed, publish } = openFeed()
    const { open } = heard(feed)
    open.close()
    publish(offered)
    await assert.rejects(clock.until(new Promise(() => {})), /nothing left to happen/)
  })

  test('1000 nodes at once: bounded messages, every one ends as it should', async () => {
    const { clock, wallMs, stories, feed } = openFeed()
    const { messages } = heard(feed)
    simulateBoots({
      clock,
      wallMs,
      publish: (event) => {
        stories.apply(event)
        feed.record(event)
      },
      nodes: 1000,
      spreadMs: 2000,
      downloadMs: 5000,
    })
    await clock.advance(30_000)
    const outcomes = new Map<string, string>()
    for (const { stories: told } of changesIn(messages)) {
      assert.ok(told.length <= 250)
      for (const { mac, outcome } of told) outcomes.set(mac, outcome)
    }
    const count = (wanted: string) => [...outcomes.values()].filter((outcome) => outcome === wanted).length
    assert.deepEqual([count('booted'), count('failed'), count('refused')], [900, 80, 20])
    feed.close()
  })

  test('a snapshot shows every node that boots, and the last 200 others', async () => {
    const { clock, wallMs, stories, feed } = openFeed()
    const publish = (event: Parameters<typeof feed.record>[0]) => {
      stories.apply(event)
      feed.record(event)
    }
    simulateBoots({ clock, wallMs, publish, nodes: 600, spreadMs: 1000, downloadMs: 2000 })
    await clock.advance(3000)
    assert.equal(feed.snapshot().stories.filter(({ outcome }) => outcome === 'booting').length, 588)
    await clock.advance(20_000)
    assert.equal(feed.snapshot().stories.length, 200)
  })

  test('what happened before a restart is shown again', () => {
    const first = openFeed()
    first.publish(offered)
    first.publish(failed)
    const second = openFeed()
    const hourMs = 3_600_000
    second.feed.restore(
      [...first.stories.all()],
      [{ hourMs: Math.floor(noonMs / hourMs) * hourMs - hourMs, name: 'fetched', count: 7 }],
    )
    const { stories, hours } = second.feed.snapshot()
    assert.equal(stories[0]?.diagnosis?.code, 'transfer-cut')
    assert.equal(hours.at(-2)?.counts.fetched, 7)
  })
})

describe('the state of the site', () => {
  const expected = { interfaces: ['eth1'], architectures: ['x64'] } as const

  test('ready only when every interface listens and the boot file is there', () => {
    const { feed, publish } = openFeed()
    feed.expect(expected)
    publish(started)
    publish(loaded)
    assert.equal(feed.site.ready, false)
    publish(listening)
    assert.deepEqual([feed.site.ready, feed.site.problems], [true, []])
    publish({ type: 'interface.waiting', interface: 'eth1', reason: 'down' })
    assert.equal(feed.site.ready, false)
    assert.match(feed.site.problems[0]?.sentence ?? '', /eth1: nodes are not answered, its link is down/)
  })

  test('a draining service is not ready', () => {
    const { feed, publish } = openFeed()
    feed.expect(expected)
    for (const event of [started, loaded, listening]) publish(event)
    publish({ type: 'service.draining', transfers: 2 })
    assert.equal(feed.site.ready, false)
  })

  test('no boot file is an error, an old one that cannot be read again a warning', () => {
    const missing = {
      type: 'artifact.missing',
      architecture: 'x64',
      path: '/boot',
      message: 'gone',
    } as const
    const { feed, publish } = openFeed()
    publish(missing)
    assert.deepEqual(
      feed.site.problems.map(({ severity }) => severity),
      ['error'],
    )
    publish(loaded)
    publish(missing)
    assert.deepEqual(
      feed.site.problems.map(({ severity }) => severity),
      ['warning'],
    )
    assert.equal(feed.site.bootFiles[0]?.state, 'served')
  })

  test('alarms of a refresh end with the next one', () => {
    const { feed, publish } = openFeed()
    feed.expect(expected)
    for (const event of [started, loaded, listening]) publish(event)
    publish({ type: 'artifact.unchanged' })
    publish({ type: 'artifact.trust-mismatch', trusted: 'aa', served: 'bb' })
    assert.equal(feed.site.ready, false)
    publish({ type: 'artifact.refreshed', sha256: 'cc', sizeBytes: 1 })
    assert.equal(feed.site.ready, true)
    assert.equal(feed.site.service.refreshedAtMs, noonMs)
  })

  test('alarms of a refresh end with another boot file that `fetch` has stored, and not with the one they are about', () => {
    const { feed, publish } = openFeed()
    feed.expect(expected)
    for (const event of [started, loaded, listening]) publish(event)
    publish({ type: 'artifact.refreshed', sha256: 'cc', sizeBytes: 1 })
    publish({ type: 'artifact.trust-mismatch', trusted: 'aa', served: 'bb' })
    const file = { type: 'artifact.loaded', architecture: 'x64', path: 'ipxe.efi', sizeBytes: 1 } as const
    publish({ ...file, sha256: 'cc' })
    assert.equal(feed.site.ready, false)
    publish({ ...file, sha256: 'dd' })
    assert.equal(feed.site.ready, true)
  })

  test('a certificate that expired is an error, one that soon will a warning', () => {
    const { feed, publish } = openFeed()
    publish(loaded)
    for (const [days, severity] of [
      [5, 'warning'],
      [-1, 'error'],
    ] as const) {
      publish({ type: 'artifact.certificate-expiring', expiresAtMs: noonMs + days * 86_400_000 })
      assert.equal(feed.site.problems[0]?.severity, severity)
    }
  })

  test('interfaces and files that a reload dropped are forgotten', () => {
    const { feed, publish } = openFeed()
    for (const event of [started, loaded, listening]) publish(event)
    feed.expect({ interfaces: ['eth2'], architectures: ['arm64'] })
    assert.deepEqual(
      feed.site.interfaces.map(({ name, state }) => [name, state]),
      [['eth2', 'starting']],
    )
    assert.deepEqual(feed.site.bootFiles, [])
  })

  test('a laptop that asks for an address begins no story', () => {
    const { feed, publish } = openFeed()
    publish({ type: 'dhcp.ignored', reason: 'not-pxe', detail: '', ...node })
    const { stories, hours } = feed.snapshot()
    assert.deepEqual([stories.length, hours.at(-1)?.counts['ignored:not-pxe']], [0, 1])
  })

  test('does not count the nodes that probe and status play', () => {
    const { feed, publish } = openFeed()
    const mac = '02:65:6d:00:00:01'
    for (const event of [offered, completed, { ...offered, mac }, { ...completed, mac }]) publish(event)
    const { offered: offers, fetched } = feed.snapshot().hours.at(-1)?.counts ?? {}
    assert.deepEqual([offers, fetched], [1, 1])
  })
})
