import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encode } from '../../src/wire/dhcp/encode.ts'
import { bytesToHex } from '../../src/wire/dhcp/hex.ts'
import {
  edk2BootServerRequest,
  edk2Discover,
  edk2HttpDiscover,
  ipxeDiscover,
} from '../../src/wire/dhcp/requests.ts'
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

/** An answer as bytes, cut into the pieces that the tests name. */
function wire(situation: Situation = {}) {
  const bytes = encode(answerFor(situation).reply)
  const hex = (from: number, to?: number) => bytesToHex(bytes.subarray(from, to))
  const text = (from: number, to: number) =>
    Buffer.from(bytes.subarray(from, to)).toString('latin1').replace(/\0+$/, '')
  return {
    length: bytes.length,
    start: hex(0, 12),
    addresses: hex(12, 28),
    chaddr: hex(28, 44),
    sname: text(44, 108),
    file: text(108, 236),
    options: hex(240).replace(/(00)+$/, ''),
  }
}

const echoOf97 = '61110022221111333344445555666677778888'
const fromUs = '3604c0000201'
const pxeClient = `3c09${Buffer.from('PXEClient').toString('hex')}`
const httpClient = `3c0a${Buffer.from('HTTPClient').toString('hex')}`
const us = 'c0000201'
const end = 'ff'

describe('an offer, byte by byte', () => {
  test('the direct form', () => {
    assert.deepEqual(wire(), {
      length: 300,
      start: '02010600112233440000' + '8000',
      addresses: `${'00000000'.repeat(2)}${us}00000000`,
      chaddr: '52540000000100000000000000000000',
      sname: '',
      file: 'ipxe.efi',
      options: `350102${fromUs}${pxeClient}${echoOf97}2b04060108ff${end}`,
    })
  })

  test('the boot server form: no option 43 and no file', () => {
    const { options, file } = wire({ memory: { form: 'bootServer' } })
    assert.equal(options, `350102${fromUs}${pxeClient}${echoOf97}ff`)
    assert.equal(file, '')
  })

  test('the size in option 13 skips the size probe, in the direct form only', () => {
    const policy = { bootFiles: { x64: { name: 'ipxe.efi', sizeBytes: 1_080_320 } } }
    assert.ok(wire({ policy }).options.endsWith('2b04060108ff' + '0d02083e' + 'ff'))
    assert.ok(!wire({ policy, memory: { form: 'bootServer' } }).options.includes('0d02083e'))
  })

  test('a size that option 13 cannot hold is left out', () => {
    const policy = { bootFiles: { x64: { name: 'ipxe.efi', sizeBytes: 33_554_432 } } }
    assert.ok(wire({ policy }).options.endsWith('2b04060108ffff'))
  })

  test('no option 97 asked: none echoed', () => {
    const request = withOptions(discover, { 97: undefined })
    assert.equal(wire({ request }).options, `350102${fromUs}${pxeClient}2b04060108ffff`)
  })

  test('options 61 and 82 come back unchanged, 82 last (RFC 6842, RFC 3046)', () => {
    const request = withOptions(
      { ...discover, giaddr: '198.51.100.1', hops: 1 },
      { 82: [1, 2, 0, 7], 61: [1, 5, 6] },
    )
    const { options, addresses, start } = wire({ request })
    assert.ok(options.endsWith('2b04060108ff' + '3d03010506' + '520401020007' + 'ff'), options)
    assert.ok(addresses.endsWith('c6336401'), 'giaddr is copied')
    assert.equal(start.slice(6, 8), '00', 'hops is 0')
  })

  test('iPXE leaves the broadcast flag clear, the offer sets it', () => {
    assert.equal(wire({ request: ipxeDiscover(hardware) }).start, '020106001122334400008000')
  })

  test('for iPXE our answer outranks the boot file of the site’s DHCP server; firmware is spared the option', () => {
    for (const memory of [{ ipxe: 'first' as const }, { ipxe: 'chained' as const }])
      assert.ok(wire({ request: ipxeDiscover(hardware), memory }).options.includes('af03' + '010101'))
    assert.ok(!answerFor({}).reply.options.has(175))
  })

  test('what the node claims of itself in ciaddr and yiaddr is not repeated', () => {
    const request = { ...discover, ciaddr: nodeAddress, yiaddr: nodeAddress, siaddr: nodeAddress, secs: 12 }
    assert.equal(wire({ request }).addresses, `${'00000000'.repeat(2)}${us}00000000`)
  })

  test('never an address, a lease, a mask, a router or a name server', () => {
    for (const situation of [
      {},
      { memory: { form: 'bootServer' as const } },
      { request: ipxeDiscover(hardware) },
    ]) {
      const codes = [...answerFor(situation).reply.options.keys()]
      for (const code of [1, 3, 6, 50, 51, 58, 59]) assert.ok(!codes.includes(code), `option ${code}`)
      assert.equal(answerFor(situation).reply.yiaddr, '0.0.0.0')
    }
  })
})

describe('where a name stands', () => {
  const named = (name: string) => ({ policy: { bootFiles: { x64: { name, sizeBytes: undefined } } } })
  test('127 bytes: in file, with the NUL that fits', () => {
    const { file, options } = wire(named('x'.repeat(127)))
    assert.equal(file, 'x'.repeat(127))
    assert.ok(!options.includes('43'.repeat(3)))
    assert.ok(!answerFor(named('x'.repeat(127))).reply.options.has(67))
  })
  test('128 bytes: in option 67, NUL-terminated, and file is empty', () => {
    const { reply } = answerFor(named('x'.repeat(128)))
    assert.equal(reply.file, '')
    assert.equal(Buffer.from(reply.options.get(67) ?? []).toString('latin1'), `${'x'.repeat(128)}\0`)
  })
  test('254 bytes: the most that is not split', () => {
    assert.equal(answerFor(named('x'.repeat(254))).reply.options.get(67)?.length, 255)
  })
})

describe('HTTP boot', () => {
  const url = 'https://edge.example.com/tink-stack/signed_ipxe.efi'
  const situation = {
    request: edk2HttpDiscover({ ...hardware, architecture: 16 }),
    policy: { httpBootUrls: { x64: url } },
  }
  test('the class is HTTPClient and the URL stands in option 67, NUL-terminated; no option 43', () => {
    const { options, file } = wire(situation)
    const inOption67 = Buffer.from(`${url}\0`).toString('hex')
    assert.equal(
      options,
      `350102${fromUs}${httpClient}${echoOf97}43${(url.length + 1).toString(16)}${inOption67}ff`,
    )
    assert.equal(file, '')
  })
})

describe('the answer on port 4011', () => {
  const request = edk2BootServerRequest(hardware, nodeAddress)
  test('an ACK with file, server name and the node’s own address', () => {
    assert.deepEqual(wire({ request, arrival: onBootServer() }), {
      length: 300,
      start: '020106001122334400000000',
      addresses: `c000023200000000${us}00000000`,
      chaddr: '52540000000100000000000000000000',
      sname: serverAddress,
      file: 'ipxe.efi',
      options: `350105${fromUs}${pxeClient}${echoOf97}ff`,
    })
  })
  test('a choice from a menu (43.71) is confirmed', () => {
    const asked = withOptions(request, { 43: [71, 4, 0x80, 3, 0, 0, 255] })
    const { options } = wire({ request: asked, arrival: onBootServer() })
    assert.ok(options.endsWith('2b07' + '470480030000ff' + 'ff'), options)
  })
  test('other sub-options of 43 are not', () => {
    const asked = withOptions(request, { 43: [6, 1, 3, 255] })
    assert.ok(!answerFor({ request: asked, arrival: onBootServer() }).reply.options.has(43))
  })
})

test('a node whose hardware address is 16 bytes (edk2 with SendGUID) gets all of it back', () => {
  const chaddr = Uint8Array.from({ length: 16 }, (_, index) => index + 1)
  const { reply } = answerFor({ request: { ...edk2Discover(hardware), hlen: 16, chaddr } })
  assert.deepEqual([reply.hlen, reply.chaddr], [16, chaddr])
})
