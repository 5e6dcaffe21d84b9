import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryHost } from '../../src/net/memory-host.ts'
import { VirtualClock } from '../../src/net/virtual-clock.ts'
import { DhcpClient } from '../../src/node/dhcp-client.ts'
import { encode } from '../../src/wire/dhcp/encode.ts'
import { edk2Discover } from '../../src/wire/dhcp/requests.ts'

const nic = { name: 'n0', address: '10.0.0.9' }

test('of a flood of offers 256 are kept', async () => {
  const clock = new VirtualClock()
  const host = new MemoryHost([nic], () => {})
  const client = await DhcpClient.open({
    network: host,
    clock,
    interface: nic.name,
    sourceAddress: nic.address,
    ports: { server: 67, client: 68, bootServer: 4011 },
  })
  const request = edk2Discover({ mac: '52:54:00:00:00:01', architecture: 7, transactionId: 7 })
  const offer = encode({ ...request, op: 2 })
  let looks = 0
  const answered = client.ask(request, 4_000, () => ++looks < 0)
  for (let count = 0; count < 1_000; count++)
    host.deliver(nic, offer, { address: '10.0.0.1', port: 67 }, { address: '255.255.255.255', port: 68 })
  assert.equal((await clock.until(answered)).length, 256)
  assert.equal(looks, 256)
})
