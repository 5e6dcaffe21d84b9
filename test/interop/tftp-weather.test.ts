import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { systemClock } from '../../src/net/clock.ts'
import { MemoryNetwork } from '../../src/net/memory.ts'
import { TftpServer } from '../../src/tftp/server.ts'
import { missing } from '../support/needs.ts'
import { UdpGateway } from '../support/udp-gateway.ts'
import { defaultLimits, fileOf, serverAddress, sha256 } from '../tftp/site.ts'
import { lockStepClients, otherClients, type RealClient, scratchDirectory } from './tftp-clients.ts'

/** In each direction. No copies of datagrams: atftp gives up when it sees a second OACK. */
const weather = { delayMs: 0.5, lossPercent: 10, reorderPercent: 5 }
const sizes = [1, 511, 512, 513, 1468 * 4]
const files = new Map([0, ...sizes].map((size) => [`${size}.bin`, { bytes: fileOf(size) }]))
const directory = scratchDirectory()
/**
 * Not curl without options, which waits 72 s before it repeats a lost ACK, and not the npm client with a
 * window, which gives up at the first block that is out of order.
 */
const clients = [...lockStepClients, ...otherClients].filter(
  ({ name }) => name !== 'curl without options' && name !== 'npm tftp, windowsize 4',
)

describe('real clients through 10 % loss and reordering', { concurrency: true }, () => {
  const network = new MemoryNetwork(systemClock, { seed: 2026, conditions: weather })
  const server = new TftpServer({
    network: network.host({ name: 'e0', address: serverAddress }),
    clock: systemClock,
    lookup: (name) => files.get(name),
    observe: () => {},
    dataPorts: 'ephemeral',
    limits: defaultLimits,
  })
  let gateway: UdpGateway
  before(async () => {
    await server.listen({ address: serverAddress, port: 69 })
    gateway = await UdpGateway.open(network.host({ name: 'e0', address: '10.0.0.2' }), {
      address: serverAddress,
      port: 69,
    })
  })
  after(async () => {
    await gateway.close()
    server.close()
  })

  for (const client of clients)
    test(`${client.name}: ${sizes.length} sizes are byte-identical`, {
      skip: missing(...client.needs),
    }, async () => {
      for (const size of sizes) {
        const into = join(directory, randomUUID())
        await fetchPatiently(client, gateway.port, `${size}.bin`, into)
        assert.equal(sha256(readFileSync(into)), sha256(fileOf(size)), `${size} bytes`)
      }
    })
})

/** curl waits half a minute after a lost request, and gives up at some losses: as a person would, try again. */
async function fetchPatiently(client: RealClient, port: number, file: string, into: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.fetch(port, file, into, 6000)
    } catch (error) {
      if (attempt === 6) throw error
    }
  }
}
