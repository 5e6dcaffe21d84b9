import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { architectureCodes } from '../../../src/wire/dhcp/client-architecture.ts'
import { encode } from '../../../src/wire/dhcp/encode.ts'
import { bytesToHex } from '../../../src/wire/dhcp/hex.ts'
import type { DhcpPacket } from '../../../src/wire/dhcp/packet.ts'
import {
  biosDiscover,
  biosRequest,
  edk2BootServerRequest,
  edk2Discover,
  edk2HttpDiscover,
  edk2Request,
  ipxeBootServerRequest,
  ipxeDiscover,
  ipxeRequest,
  type NodeHardware,
} from '../../../src/wire/dhcp/requests.ts'
import { golden } from './goldens.ts'

/** The node of a capture: what a builder is told, and nothing of how the packet is laid out. */
function nodeOf(name: string): NodeHardware {
  const { packet, meaning } = golden(name).twin
  return {
    mac: packet.mac,
    ...(meaning.uuid === undefined ? {} : { uuid: meaning.uuid }),
    architecture: meaning.architecture ?? 0,
    transactionId: Number(packet.xid),
    seconds: packet.secs,
  }
}

const choice = { requestedAddress: '10.79.0.156', dhcpServer: '10.79.0.1' }

describe('what a builder makes is what firmware sent, byte for byte', () => {
  const rows: [name: string, build: (node: NodeHardware) => DhcpPacket][] = [
    ['edk2-x64-discover', edk2Discover],
    ['edk2-x64-discover-third', edk2Discover],
    ['edk2-arm64-discover', edk2Discover],
    ['edk2-x64-request', (node) => edk2Request(node, choice)],
    ['edk2-x64-boot-server-request', (node) => edk2BootServerRequest(node, '10.79.0.156')],
    ['edk2-arm64-boot-server-request', (node) => edk2BootServerRequest(node, '10.79.0.158')],
    ['edk2-x64-http-discover', edk2HttpDiscover],
    ['edk2-arm64-http-discover', edk2HttpDiscover],
    ['ipxe-x64-discover', ipxeDiscover],
    ['ipxe-x64-request', (node) => ipxeRequest(node, choice)],
    ['ipxe-x64-boot-server-request', (node) => ipxeBootServerRequest(node, '10.79.0.156', '10.79.0.2')],
    ['ipxe-rom-bios-discover', ipxeDiscover],
  ]
  for (const [name, build] of rows) {
    test(name, () => assert.equal(bytesToHex(encode(build(nodeOf(name)))), bytesToHex(golden(name).bytes)))
  }
})

describe('what could not be captured', () => {
  const node = { mac: '00:25:90:97:d4:78', architecture: 0, transactionId: 0x9097_d478 }
  test('a BIOS ROM lists its options in the order of published captures', () => {
    assert.deepEqual([...biosDiscover(node).options.keys()], [53, 55, 57, 97, 93, 94, 60])
    assert.deepEqual([...biosRequest(node, choice).options.keys()], [53, 54, 50, 55, 57, 97, 93, 94, 60])
    assert.equal(biosDiscover(node).options.get(55)?.length, 36)
  })
  test('a node without a UUID sends zeros', () => {
    assert.deepEqual(edk2Discover(node).options.get(97), new Uint8Array(17))
  })
  test('the architecture stands in option 93 and in the vendor class', () => {
    const packet = edk2Discover({ ...node, architecture: 6 })
    assert.deepEqual(architectureCodes(packet.options), [6])
    assert.equal(Buffer.from(packet.options.get(60) ?? []).toString(), 'PXEClient:Arch:00006:UNDI:003000')
  })
})
