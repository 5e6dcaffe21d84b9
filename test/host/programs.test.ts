import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readPrograms } from '../../src/host/programs.ts'
import { greedyDnsmasq, startDhcpServer } from '../support/dhcp-servers.ts'
import { inside } from '../support/inside-namespace.ts'
import { Lan } from '../support/namespaces.ts'
import { missing } from '../support/needs.ts'

const skip = missing('namespaces', ...greedyDnsmasq.needs)

describe('running programs', { skip }, () => {
  test('a DHCP server is found, and whether its ports meet ours', async () => {
    const lan = new Lan()
    try {
      const server = lan.addHost('srv', '10.81.0.1/24')
      const { pid } = await startDhcpServer(lan, server, greedyDnsmasq)
      const find = () => readPrograms().find((program) => program.pid === pid)
      const elsewhere = find()
      assert.equal(elsewhere?.role, 'dhcp-server')
      assert.equal(elsewhere?.name, 'dnsmasq')
      assert.match(elsewhere?.command ?? '', /--dhcp-range=10\.81\.0\.100/)
      assert.equal(elsewhere?.sharesNetwork, false)
      assert.equal((await inside(server, find))?.sharesNetwork, true)
    } finally {
      lan.close()
    }
  })
})
