import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { hasReached } from '../../src/events/story.ts'
import { systemClock } from '../../src/net/clock.ts'
import { seededRandom } from '../../src/net/seeded-random.ts'
import { readHistory } from '../../src/observe/history/reader.ts'
import { projectRoot } from '../support/imports.ts'
import { bootAll, nodeMac } from './support/site-nodes.ts'

const nodes = 200
const rounds = 20
const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-kill-'))
after(() => rmSync(directory, { recursive: true, force: true }))

const firstPort = 30_000 + (process.pid % 2_000) * 4
const ports = { dhcp: firstPort, dhcpClient: firstPort + 1, bootServer: firstPort + 2, tftp: firstPort + 3 }
const state = join(directory, 'state')
const configFile = join(directory, 'config.yaml')
writeFileSync(join(directory, 'ipxe.efi'), Buffer.alloc(200_000, 'boot '))
writeFileSync(
  configFile,
  JSON.stringify({
    interfaces: [{ name: 'lo', address: '127.0.0.1' }],
    bootFiles: { x64: join(directory, 'ipxe.efi') },
    ports,
  }),
)

interface Service {
  readonly child: ChildProcess
  /** MACs whose finished download was logged, as the lines come. */
  readonly finished: Set<string>
  /** Resolves when every line that was written before the end has been read. */
  readonly read: Promise<void>
}

async function startService(onFinished: (count: number) => void): Promise<Service> {
  const child = spawn(
    process.execPath,
    [join(projectRoot, 'bin', 'run.ts'), 'serve', '--config', configFile, '--state-dir', state],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const finished = new Set<string>()
  const started = Promise.withResolvers<void>()
  const read = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      const { event, mac } = JSON.parse(line)
      if (event === 'service.started') started.resolve()
      if (event !== 'tftp.completed') continue
      finished.add(mac)
      onFinished(finished.size)
    }
    started.reject(new Error('the service ended before it had started'))
  })()
  await started.promise
  return { child, finished, read }
}

test(`kill -9 during ${nodes} boots, ${rounds} times: nothing finished is lost, nothing is invented`, async (t) => {
  const random = seededRandom(20)
  const killedAt: string[] = []
  for (let round = 0; round < rounds; round++) {
    const startedAtMs = Date.now()
    const killAfter = 1 + Math.floor(random() * (nodes - 1))
    let kill = () => {}
    const service = await startService((count) => count >= killAfter && kill())
    const exit = once(service.child, 'exit')
    kill = () => void service.child.kill('SIGKILL')
    const whole = new Set(
      (
        await bootAll({ clock: systemClock, server: '127.0.0.1', ports, count: nodes, first: round * nodes })
      ).map(nodeMac),
    )
    kill()
    await exit
    await service.read
    const kept = readHistory(join(state, 'history.db'), startedAtMs, 100_000)
      .stories.filter((story) => hasReached(story, 'fetched'))
      .map(({ mac }) => mac)
    const lost = [...service.finished].filter((mac) => !kept.includes(mac))
    const invented = kept.filter((mac) => !whole.has(mac))
    assert.deepEqual({ round, lost, invented }, { round, lost: [], invented: [] })
    assert.equal(new Set(kept).size, kept.length)
    assert.ok(service.finished.size >= killAfter)
    killedAt.push(`${service.finished.size} of ${nodes}`)
  }
  t.diagnostic(`finished when killed: ${killedAt.join(', ')}`)
  assert.ok(
    killedAt.some((text) => !text.startsWith(`${nodes} `)),
    'every kill came too late',
  )
})
