import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { counters, gauges, histograms } from '../../../src/observe/metrics/catalog.ts'
import { openMetricsServer } from '../../../src/observe/metrics/server.ts'
import { projectRoot } from '../../support/imports.ts'
import { missing } from '../../support/needs.ts'
import {
  completed,
  failed,
  listening,
  loaded,
  offered,
  openFeed,
  requested,
  started,
} from '../live/support.ts'

const noPromtool = missing('promtool:prometheus')
const asset = (name: string) => readFileSync(join(projectRoot, 'templates', name), 'utf8')
const asFile = (path: string) => readFileSync(join(projectRoot, path), 'utf8')
const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-metrics-'))
after(() => rmSync(directory, { recursive: true, force: true }))

async function openSite() {
  const site = openFeed()
  site.feed.expect({ interfaces: ['eth1'], architectures: ['x64'] })
  const server = await openMetricsServer('127.0.0.1:0', site.feed, site.stories)
  const publish: typeof site.publish = (event) => {
    site.publish(event)
    server.record({ atMs: site.wallMs(), ...event })
  }
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`)
  return { ...site, publish, server, get }
}

/** A site where everything that can be counted has happened. */
async function busySite() {
  const site = await openSite()
  for (const event of [started, loaded, listening, offered, requested, completed, failed]) site.publish(event)
  const refusedFile = { type: 'tftp.refused', file: 'x', reason: 'not-found', code: 1 } as const
  site.publish({ ...refusedFile, mac: '', interface: 'eth1' })
  site.publish({ type: 'packet.dropped', interface: 'eth1', reason: 'truncated', detail: '' })
  site.publish({ type: 'artifact.unchanged' })
  site.publish({ type: 'artifact.certificate-expiring', expiresAtMs: site.wallMs() + 1e9 })
  site.publish({ type: 'service.reload-failed', message: '' })
  return site
}

describe('metrics', () => {
  test('events become counters, with the labels of the catalog', async () => {
    const { server, get } = await busySite()
    const text = await (await get('/metrics')).text()
    for (const line of [
      'emf_pxe_offers_total{interface="eth1",architecture="x64",form="direct"} 1',
      'emf_pxe_transfers_completed_total{interface="eth1",architecture="x64",protocol="tftp"} 1',
      'emf_pxe_transfers_failed_total{interface="eth1",reason="stopped-acknowledging"} 1',
      'emf_pxe_sent_bytes_total{interface="eth1",protocol="tftp"} 1000000',
      'emf_pxe_resent_blocks_total{interface="eth1"} 3',
      'emf_pxe_transfer_duration_seconds_bucket{le="0.5",interface="eth1"} 1',
      'emf_pxe_boot_file_delivery_seconds_count{interface="eth1"} 1',
      'emf_pxe_interface_listening{interface="eth1"} 1',
      'emf_pxe_build_info{version="1.2.3"} 1',
      'emf_pxe_ready 1',
      'emf_pxe_nodes{outcome="failed"} 1',
    ])
      assert.ok(text.split('\n').includes(line), `${line}\n${text}`)
    await server.close()
  })

  test('what is not known is not there, rather than 0', async () => {
    const { server, get } = await openSite()
    const text = await (await get('/metrics')).text()
    assert.doesNotMatch(text, /^emf_pxe_certificate_expiry_timestamp_seconds /m)
    assert.doesNotMatch(text, /^emf_pxe_last_refresh_timestamp_seconds /m)
    await server.close()
  })

  test('labels stay few, whatever reasons are made up', async () => {
    const { server, publish, get } = await openSite()
    for (let index = 0; index < 1000; index++)
      publish({ type: 'packet.dropped', interface: 'eth1', reason: `made-up-${index}`, detail: '' })
    const lines = (await (await get('/metrics')).text()).split('\n')
    const dropped = lines.filter((line) => line.startsWith('emf_pxe_packets_dropped_total{'))
    assert.equal(dropped.length, 51)
    assert.ok(dropped.includes('emf_pxe_packets_dropped_total{interface="eth1",reason="other"} 950'))
    await server.close()
  })

  test('promtool finds nothing to complain of', { skip: noPromtool }, async () => {
    const { server, get } = await busySite()
    const input = await (await get('/metrics')).text()
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    })
    assert.deepEqual([status, stdout, stderr], [0, '', ''])
    await server.close()
  })

  test('the table of docs/operations.md is the catalog: names, labels, words', () => {
    const rows = [...asFile('docs/operations.md').matchAll(/^\| `(emf_pxe_\w+)` \| (.*) \| (.*) \|$/gm)]
    const documented = rows.map(([, name, labels, help]) => [name, labels?.trim(), help])
    const all = Object.entries({ ...counters, ...histograms, ...gauges })
    assert.deepEqual(
      documented,
      all.map(([name, { labels, help }]) => [name, labels.map((label) => `\`${label}\``).join(' '), help]),
    )
  })

  test('the alerts of docs/operations.md are those of the rules', () => {
    const documented = [...asFile('docs/operations.md').matchAll(/^\| `(EmfPxe\w+)` \|/gm)].map(
      ([, name]) => name,
    )
    const rules = [...asset('prometheus/alerts.yaml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name)
    assert.deepEqual(documented, rules)
  })
})

describe('health', () => {
  test('/healthz: the event loop turns', async () => {
    const { server, get } = await openSite()
    const response = await get('/healthz')
    assert.equal(response.status, 200)
    const { status, eventLoopDelayMs } = (await response.json()) as {
      status: string
      eventLoopDelayMs: { longest: number }
    }
    assert.deepEqual([status, typeof eventLoopDelayMs.longest], ['alive', 'number'])
    await server.close()
  })

  test('/readyz: not before every interface listens, and says why', async () => {
    const { server, get, publish } = await openSite()
    publish(started)
    publish(loaded)
    const before = await get('/readyz')
    assert.equal(before.status, 503)
    const { problems } = (await before.json()) as { problems: { sentence: string }[] }
    assert.match(problems[0]?.sentence ?? '', /^eth1/)
    publish(listening)
    const then = await get('/readyz')
    const { listening: nics } = (await then.json()) as { listening: string[] }
    assert.deepEqual([then.status, nics], [200, ['eth1']])
    await server.close()
  })

  test('only GET and HEAD, only what there is', async () => {
    const { server, get } = await openSite()
    const url = `http://127.0.0.1:${server.port}`
    assert.equal((await get('/')).status, 404)
    assert.equal((await get('/__proto__')).status, 404)
    const post = await fetch(`${url}/metrics`, { method: 'POST' })
    assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET'])
    assert.equal((await fetch(`${url}/readyz`, { method: 'HEAD' })).status, 503)
    await server.close()
  })
})

describe('templates for Prometheus and Grafana', () => {
  const known = new Set([
    ...Object.keys(counters),
    ...Object.keys(gauges),
    ...Object.keys(histograms).flatMap((name) => [`${name}_bucket`, `${name}_sum`, `${name}_count`]),
  ])
  const labels = new Set(
    Object.values({ ...counters, ...gauges, ...histograms }).flatMap(({ labels: its }): string[] => [...its]),
  )

  for (const name of ['prometheus/alerts.yaml', 'grafana/dashboard.json']) {
    test(`${name}: every metric that it names is one of ours`, () => {
      const named = new Set(asset(name).match(/\bemf_pxe_\w+/g))
      assert.ok(named.size > 5)
      assert.deepEqual(
        [...named].filter((metric) => !known.has(metric)),
        [],
      )
    })

    test(`${name}: every label that it selects by is one of ours`, () => {
      const selected = [...asset(name).matchAll(/emf_pxe_\w+\{([^}]*)\}/g)].flatMap(([, inside = '']) =>
        [...inside.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label ?? ''),
      )
      assert.deepEqual(
        selected.filter((label) => label !== 'instance' && !labels.has(label)),
        [],
      )
    })
  }

  test('the rules fire for what they name, and not for a healthy site', { skip: noPromtool }, () => {
    copyFileSync(
      join(projectRoot, 'templates', 'prometheus', 'alerts.yaml'),
      join(directory, 'alerts.rules.yaml'),
    )
    copyFileSync(join(import.meta.dirname, 'alerts.yaml'), join(directory, 'alerts.test.yaml'))
    execFileSync('promtool', ['check', 'rules', 'alerts.rules.yaml'], { cwd: directory, stdio: 'pipe' })
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'alerts.test.yaml'], {
      cwd: directory,
      encoding: 'utf8',
    })
    assert.equal(status, 0, stdout + stderr)
  })

  test('the Grafana dashboard: every panel asks something, all by one data source and site', () => {
    const { panels, templating } = JSON.parse(asset('grafana/dashboard.json'))
    assert.deepEqual(
      templating.list.map(({ name }: { name: string }) => name),
      ['datasource', 'instance'],
    )
    const ids = new Set(panels.map(({ id }: { id: number }) => id))
    assert.equal(ids.size, panels.length)
    for (const { title, description, targets } of panels) {
      assert.ok(title && description && targets.length > 0, title)
      for (const { expr, datasource } of targets) {
        assert.equal(datasource.uid, '${' + 'datasource}')
        assert.match(expr, /instance=~"\$instance"/)
      }
    }
  })
})
