import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import {
  leaseSeconds,
  requestedAddress,
  routers,
  serverIdentifier,
  subnetMask,
} from '../../src/wire/dhcp/addresses.ts'
import { decode } from '../../src/wire/dhcp/decode.ts'
import { encode } from '../../src/wire/dhcp/encode.ts'
import { messageType } from '../../src/wire/dhcp/message-type.ts'
import type { DhcpPacket } from '../../src/wire/dhcp/packet.ts'
import {
  edk2BootServerRequest,
  edk2Discover,
  edk2HttpDiscover,
  edk2Request,
  ipxeDiscover,
} from '../../src/wire/dhcp/requests.ts'
import { missing } from '../support/needs.ts'
import {
  answerFor,
  discover,
  hardware,
  nodeAddress,
  onBootServer,
  type Situation,
  serverAddress,
  withOptions,
} from './fixtures.ts'
import { askServer, parse } from './npm-dhcp.ts'

/** Every kind of answer we give. */
const situations: [name: string, situation: Situation][] = [
  ['direct offer', {}],
  [
    'direct offer with a size',
    { policy: { bootFiles: { x64: { name: 'ipxe.efi', sizeBytes: 1_080_320 } } } },
  ],
  ['boot server offer', { memory: { form: 'bootServer' } }],
  ['script for iPXE', { request: ipxeDiscover(hardware), memory: { ipxe: 'chained' } }],
  [
    'HTTP boot offer',
    {
      request: edk2HttpDiscover({ ...hardware, architecture: 16 }),
      policy: { httpBootUrls: { x64: 'https://edge.example.com/ipxe.efi' } },
    },
  ],
  [
    'offer through a relay',
    { request: withOptions({ ...discover, giaddr: '198.51.100.1' }, { 82: [1, 2, 0, 7] }) },
  ],
  ['boot server ACK', { request: edk2BootServerRequest(hardware, nodeAddress), arrival: onBootServer() }],
  [
    'boot server ACK with a menu choice',
    {
      request: withOptions(edk2BootServerRequest(hardware, nodeAddress), { 43: [71, 4, 0x80, 3, 0, 0, 255] }),
      arrival: onBootServer(),
    },
  ],
]

describe('the npm package dhcp reads our answers as we mean them', () => {
  for (const [name, situation] of situations) {
    test(name, () => {
      const { reply, kind } = answerFor(situation)
      const read = parse(encode(reply))
      const { op, xid, flags, ciaddr, yiaddr, siaddr, giaddr, sname, file } = reply
      assert.deepEqual(
        { ...read, chaddr: 0, options: 0, magicCookie: 0, htype: 0, hlen: 0, hops: 0, secs: 0 },
        {
          ...{ op, xid, flags, ciaddr, yiaddr, siaddr, giaddr, sname, file },
          ...{ chaddr: 0, options: 0, magicCookie: 0, htype: 0, hlen: 0, hops: 0, secs: 0 },
        },
      )
      assert.equal(read.chaddr, '52-54-00-00-00-01')
      assert.equal(read.options[53], kind === 'offer' ? 2 : 5)
      assert.equal(read.options[54], serverAddress)
      assert.equal(read.options[60], name.startsWith('HTTP') ? 'HTTPClient' : 'PXEClient')
    })
  }
})

describe('the npm package dhcp as the site’s DHCP server', () => {
  /** It ends on an ordinary parameter request list, so that ours is shortened for it. */
  const bearable = (packet: DhcpPacket) => encode(withOptions(packet, { 55: [1, 3, 6] }))

  test('answers our node’s DISCOVER and REQUEST, and we read its answers', () => {
    const [offered] = askServer(bearable(edk2Discover(hardware)))
    const offer = mustDecode(offered)
    assert.equal(messageType(offer.options), 2)
    assert.equal(offer.yiaddr, '192.0.2.100')
    assert.equal(serverIdentifier(offer.options), '192.0.2.254')
    assert.equal(subnetMask(offer.options), '255.255.255.0')
    assert.deepEqual(routers(offer.options), ['192.0.2.254'])
    assert.ok((leaseSeconds(offer.options) ?? 0) > 0)

    const choice = { requestedAddress: offer.yiaddr, dhcpServer: '192.0.2.254' }
    const request = edk2Request(hardware, choice)
    assert.equal(requestedAddress(request.options), '192.0.2.100')
    const [acknowledged] = askServer(bearable(request))
    assert.equal(messageType(mustDecode(acknowledged).options), 5)
  })

  test('ends on the DISCOVER that every UEFI firmware sends, which is why it is no engine', () => {
    assert.throws(() => askServer(encode(edk2Discover(hardware))))
  })
})

describe('tshark finds nothing wrong with our answers', { skip: missing('tshark:tshark') }, () => {
  for (const [name, situation] of situations) {
    test(name, () => {
      const { reply, bootFile, form, kind } = answerFor(situation)
      const read = dissect(encode(reply))
      assert.equal(read('_ws.malformed'), '')
      assert.equal(read('_ws.expert.message'), '')
      assert.equal(read('dhcp.option.dhcp'), kind === 'offer' ? '2' : '5')
      assert.equal(read('dhcp.option.dhcp_server_id'), serverAddress)
      assert.equal(read('dhcp.ip.server'), serverAddress)
      assert.equal(read('dhcp.client_id.uuid'), hardware.uuid)
      assert.equal(read('dhcp.option.end'), '255')
      const isSilent = kind === 'offer' && form === 'bootServer'
      const named = read('dhcp.file') || read('dhcp.option.bootfile_name').replaceAll('\\000', '')
      assert.equal(named, isSilent ? '' : bootFile)
      const isDirectPxe = kind === 'offer' && !isSilent && !name.startsWith('HTTP')
      assert.equal(read('dhcp.option.vendor.pxeclient.discovery_control'), isDirectPxe ? '0x08' : '')
    })
  }
})

/** Reads one field of an answer, sent as UDP from port 67 to 68 in a capture made for it. */
function dissect(payload: Uint8Array): (field: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'emf-pxe-tshark-'))
  const fields = [
    '_ws.malformed',
    '_ws.expert.message',
    'dhcp.option.dhcp',
    'dhcp.option.dhcp_server_id',
    'dhcp.ip.server',
    'dhcp.client_id.uuid',
    'dhcp.option.end',
    'dhcp.file',
    'dhcp.option.bootfile_name',
    'dhcp.option.vendor.pxeclient.discovery_control',
  ]
  try {
    const file = join(folder, 'answer.pcap')
    writeFileSync(file, capture(payload))
    const args = [
      '-r',
      file,
      '-T',
      'fields',
      '-E',
      'separator=|',
      ...fields.flatMap((field) => ['-e', field]),
    ]
    const values = execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .trimEnd()
      .split('|')
    return (field) => values[fields.indexOf(field)] ?? ''
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A capture file of one raw IPv4 packet (link type 101). */
function capture(payload: Uint8Array): Buffer {
  const ip = Buffer.alloc(28)
  ip.set([0x45, 0], 0)
  ip.writeUInt16BE(28 + payload.length, 2)
  ip.set([64, 17], 8)
  ip.set([192, 0, 2, 1, 255, 255, 255, 255], 12)
  ip.writeUInt16BE(67, 20)
  ip.writeUInt16BE(68, 22)
  ip.writeUInt16BE(8 + payload.length, 24)
  const packet = Buffer.concat([ip, payload])
  const header = Buffer.from(Uint32Array.of(0xa1b2_c3d4, 0x0004_0002, 0, 0, 65_535, 101).buffer)
  const record = Buffer.from(Uint32Array.of(0, 0, packet.length, packet.length).buffer)
  return Buffer.concat([header, record, packet])
}

function mustDecode(bytes: Uint8Array | undefined): DhcpPacket {
  assert.ok(bytes !== undefined, 'nothing was sent')
  const result = decode(bytes)
  assert.ok(result.ok, result.ok ? '' : result.detail)
  return result.value
}
