import { readAsset } from '../../src/cli/assets.ts'
import { EventBus } from '../../src/events/bus.ts'
import { BootStories } from '../../src/events/stories.ts'
import { systemClock } from '../../src/net/clock.ts'
import { openControlServer } from '../../src/observe/control/server.ts'
import { openDashboard } from '../../src/observe/dashboard/server.ts'
import { LiveFeed } from '../../src/observe/live/feed.ts'
import { simulateBoots } from './simulated-boots.ts'

/**
 * A service without a network, for looking at live views under load:
 * `node test/support/simulated-service.ts STATE_DIRECTORY [NODES] [SPREAD_MS] [DASHBOARD_ADDRESS:PORT]`.
 */
const [directory = '', nodes = '1000', spreadMs = '10000', dashboard = '127.0.0.1:0'] = process.argv.slice(2)
const stories = new BootStories()
const bus = new EventBus((error) => console.error(error))
const feed = new LiveFeed({ stories, clock: systemClock, version: '0.1.0' })
bus.subscribe((event) => void stories.apply(event))
bus.subscribe(feed.record)
feed.expect({ interfaces: ['eth1', 'eth2'], architectures: ['x64'] })
const now = () => ({ atMs: Date.now() })
const sha256 = 'ab'.repeat(32)
const path = '/var/lib/emf-pxe'
bus.publish({ ...now(), type: 'interface.listening', interface: 'eth1', address: '10.20.0.5' })
bus.publish({ ...now(), type: 'interface.waiting', interface: 'eth2', reason: 'down' })
bus.publish({ ...now(), type: 'artifact.loaded', architecture: 'x64', path, sizeBytes: 1_080_320, sha256 })
bus.publish({ ...now(), type: 'service.started', version: '0.1.0', interfaces: ['eth1', 'eth2'] })
feed.restore([], yesterday())
const fine = async () => ({ ok: true, message: 'done' })
await openControlServer(`${directory}/control.sock`, feed, { refresh: fine, load: fine, reload: fine })
const page = await openDashboard(dashboard, feed, readAsset)
console.log(JSON.stringify({ dashboard: page.port }))
simulateBoots({
  clock: systemClock,
  publish: bus.publish,
  nodes: Number(nodes),
  spreadMs: Number(spreadMs),
  downloadMs: 12_000,
})
setInterval(() => {
  const usage = process.cpuUsage()
  console.error(
    `cpu ${Math.round((usage.user + usage.system) / 1000)} ms, rss ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
  )
}, 5_000)

function yesterday() {
  const hourMs = 3_600_000
  return Array.from({ length: 23 }, (_, index) => {
    const hour = Math.floor(Date.now() / hourMs) * hourMs - (index + 1) * hourMs
    const busy = Math.round(20 + 18 * Math.sin(index / 3))
    return [
      { hourMs: hour, name: 'offered', count: busy + 4 },
      { hourMs: hour, name: 'fetched', count: busy },
      { hourMs: hour, name: 'failed:stopped-acknowledging', count: index % 5 === 0 ? 3 : 0 },
      { hourMs: hour, name: 'ignored:not-pxe', count: 60 },
    ]
  }).flat()
}
