import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { systemClock } from '../../src/net/clock.ts'
import { KernelNetwork } from '../../src/net/kernel.ts'
import type { TftpListener } from '../../src/tftp/listener.ts'
import { TftpServer } from '../../src/tftp/server.ts'
import { missing } from '../support/needs.ts'
import { defaultLimits, fileOf, sha256 } from '../tftp/site.ts'
import { lockStepClients, otherClients, scratchDirectory } from './tftp-clients.ts'

const megabytes40 = 40 * 1024 * 1024
const sizes = [0, 1, 511, 512, 513, 1468, 1468 * 4, 1468 * 4 + 1, 1_080_320]
const files = new Map([...sizes, megabytes40].map((size) => [`${size}.bin`, { bytes: fileOf(size) }]))
const directory = scratchDirectory()

for (const dataPorts of ['ephemeral', 'single', '41000-41999']) {
  describe(`real clients over loopback, data ports ${dataPorts}`, () => {
    const server = new TftpServer({
      network: new KernelNetwork(),
      clock: systemClock,
      lookup: (name) => files.get(name),
      observe: () => {},
      dataPorts,
      limits: defaultLimits,
    })
    let listener: TftpListener
    before(async () => {
      listener = await server.listen({ address: '127.0.0.1', port: 0 })
    })
    after(() => server.close())

    const fetched = async (client: (typeof otherClients)[number], file: string) => {
      const into = join(directory, randomUUID())
      await client.fetch(listener.local.port, file, into)
      return sha256(readFileSync(into))
    }

    for (const client of [...lockStepClients, ...otherClients])
      test(`${client.name}: ${sizes.length} sizes are byte-identical`, {
        skip: missing(...client.needs),
      }, async () => {
        for (const size of sizes)
          assert.equal(await fetched(client, `${size}.bin`), sha256(fileOf(size)), `${size} bytes`)
      })

    if (dataPorts === 'ephemeral')
      for (const client of lockStepClients)
        test(`${client.name}: 40 MB in blocks of 512, numbers wrap`, {
          skip: missing(...client.needs),
        }, async () => {
          assert.equal(await fetched(client, `${megabytes40}.bin`), sha256(fileOf(megabytes40)))
        })
  })
}
