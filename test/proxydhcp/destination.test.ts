import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReplyDestination } from '../../src/proxydhcp/types.ts'
import { edk2BootServerRequest, ipxeBootServerRequest } from '../../src/wire/dhcp/requests.ts'
import {
  answerFor,
  broadcast,
  discover,
  hardware,
  nodeAddress,
  onBootServer,
  type Situation,
  serverAddress,
  withOptions,
} from './fixtures.ts'

const toBootServer = edk2BootServerRequest(hardware, nodeAddress)
const toNode = (port: number): ReplyDestination => ({ kind: 'unicast', to: { address: nodeAddress, port } })
const toRelay: ReplyDestination = { kind: 'unicast', to: { address: '198.51.100.1', port: 67 } }

const rows: [name: string, situation: Situation, destination: ReplyDestination][] = [
  ['DISCOVER: broadcast', {}, { kind: 'broadcast', port: 68 }],
  [
    'DISCOVER without the broadcast flag, as from iPXE: broadcast all the same',
    { request: { ...discover, flags: 0 } },
    { kind: 'broadcast', port: 68 },
  ],
  [
    'DISCOVER with ciaddr set: broadcast',
    { request: { ...discover, ciaddr: nodeAddress } },
    { kind: 'broadcast', port: 68 },
  ],
  [
    'nodes that listen elsewhere, in a demo',
    { policy: { dhcpClientPort: 10_068 } },
    { kind: 'broadcast', port: 10_068 },
  ],
  ['through a relay: to its server port', { request: { ...discover, giaddr: '198.51.100.1' } }, toRelay],
  [
    'through a relay that sends from another port: still to port 67',
    {
      request: { ...discover, giaddr: '198.51.100.1' },
      arrival: { ...broadcast, source: { address: '198.51.100.9', port: 10_067 } },
    },
    toRelay,
  ],
  [
    'through a relay that says it listens there (option 82.19): to the port it sent from',
    {
      request: withOptions({ ...discover, giaddr: '198.51.100.1' }, { 82: [1, 1, 7, 19, 0] }),
      arrival: { ...broadcast, source: { address: '198.51.100.9', port: 10_067 } },
    },
    { kind: 'unicast', to: { address: '198.51.100.1', port: 10_067 } },
  ],
  ['edk2 on port 4011: back to 4011', { request: toBootServer, arrival: onBootServer() }, toNode(4011)],
  [
    'iPXE on port 4011: back to 68',
    { request: ipxeBootServerRequest(hardware, nodeAddress, serverAddress), arrival: onBootServer(68) },
    toNode(68),
  ],
  [
    'port 4011 with giaddr: still to where it came from',
    { request: { ...toBootServer, giaddr: '198.51.100.1' }, arrival: onBootServer() },
    toNode(4011),
  ],
  [
    'port 4011 without an address: broadcast to port 68',
    { request: { ...toBootServer, ciaddr: '0.0.0.0' }, arrival: onBootServer(4011, '0.0.0.0') },
    { kind: 'broadcast', port: 68 },
  ],
]
for (const [name, situation, destination] of rows) {
  test(name, () => assert.deepEqual(answerFor(situation).destination, destination))
}
