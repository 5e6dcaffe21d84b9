import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { BootFiles } from '../../src/engine/boot-files.ts'
import { NodeDirectory } from '../../src/engine/directory.ts'
import { HttpBootServers } from '../../src/engine/http-boot-servers.ts'
import type { ServeEvent } from '../../src/events/event.ts'
import { VirtualClock } from '../../src/net/virtual-clock.ts'

const address = '127.0.0.1'
const listening = [{ interface: 'e0', address }]

/** Another program on a port of its own choice. */
async function holdPort() {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, address, resolve))
  const place = holder.address()
  assert.ok(typeof place === 'object' && place !== null)
  const free = () => new Promise<void>((resolve) => holder.close(() => resolve()))
  return { port: place.port, free }
}

function serversFor() {
  const clock = new VirtualClock()
  const told: ServeEvent['type'][] = []
  let changed = Promise.withResolvers<void>()
  const servers = new HttpBootServers({
    files: new BootFiles(() => {}),
    directory: new NodeDirectory(() => undefined),
    publish: ({ type }) => told.push(type),
    clock,
    onChange: () => {
      changed.resolve()
      changed = Promise.withResolvers()
    },
  })
  return { servers, clock, told, nextChange: () => changed.promise }
}

test('a port that is held is told once and tried again until it is free', async () => {
  const { port, free } = await holdPort()
  const { servers, clock, told, nextChange } = serversFor()
  const wanted = { mode: 'local', port, url: undefined } as const
  await servers.follow(wanted, listening)
  await servers.follow(wanted, listening)
  assert.equal(servers.isOpen(address), false)
  assert.deepEqual(told, ['interface.failed'])
  await free()
  const opened = nextChange()
  await clock.advance(5_000)
  await opened
  assert.equal(servers.isOpen(address), true)
  assert.deepEqual(told, ['interface.failed', 'interface.listening'])
  await servers.close()
})

test('a port that is no longer wanted is not tried again', async () => {
  const { port, free } = await holdPort()
  const { servers, clock } = serversFor()
  await servers.follow({ mode: 'local', port, url: undefined }, listening)
  await servers.follow({ mode: 'off', port, url: undefined }, listening)
  await free()
  await assert.rejects(clock.until(new Promise(() => {})), /nothing left to happen/)
})
