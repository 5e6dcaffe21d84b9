import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { architectureCodes } from '../../../src/wire/dhcp/client-architecture.ts'
import { decode } from '../../../src/wire/dhcp/decode.ts'
import { encode } from '../../../src/wire/dhcp/encode.ts'
import { macText } from '../../../src/wire/dhcp/hardware-address.ts'
import { bytesToHex } from '../../../src/wire/dhcp/hex.ts'
import { machineUuid } from '../../../src/wire/dhcp/machine-identifier.ts'
import { messageType } from '../../../src/wire/dhcp/message-type.ts'
import type { DhcpPacket } from '../../../src/wire/dhcp/packet.ts'
import { vendorClass } from '../../../src/wire/dhcp/vendor-class.ts'
import { type Golden, type GoldenTwin, goldens } from './goldens.ts'

const overloadOption = 52

test('there are golden packets', () => assert.ok(goldens.length >= 20, `${goldens.length} found`))

for (const golden of goldens) {
  describe(`${golden.name} (${golden.twin.source})`, () => {
    test('decodes to what another decoder reads', () => {
      const packet = mustDecode(golden.bytes)
      assert.deepEqual(header(packet), golden.twin.packet)
      assert.deepEqual(hexOptions(packet), joined(golden.twin))
      assert.deepEqual(meaning(packet), golden.twin.meaning)
    })

    test('encodes to the bytes that were sent', () => {
      const written = encode(mustDecode(golden.bytes))
      if (golden.twin.rewritten === undefined) {
        assert.equal(withoutPadding(written), withoutPadding(golden.bytes))
      } else {
        assert.notEqual(
          withoutPadding(written),
          withoutPadding(golden.bytes),
          'drop `rewritten` from the twin',
        )
      }
    })

    test('makes a round trip', () => {
      const packet = mustDecode(golden.bytes)
      assert.deepEqual(mustDecode(encode(packet)), packet)
    })

    test('cut off at every byte: a named problem, or fewer options', () => cutEverywhere(golden))

    test('any bit flipped: a named problem, or a packet that encodes', () => flipEveryBit(golden))
  })
}

function cutEverywhere({ bytes }: Golden): void {
  const whole = hexOptions(mustDecode(bytes))
  for (let length = 0; length < bytes.length; length++) {
    const result = decode(bytes.subarray(0, length))
    if (!result.ok) {
      assert.match(result.problem, length < 240 ? /^truncated$/ : /^truncated-option$/, `${length} bytes`)
      continue
    }
    assert.ok(length >= 240, `${length} bytes are no whole message`)
    for (const [code, value] of Object.entries(hexOptions(result.value))) {
      assert.ok(whole[code]?.startsWith(value), `option ${code} of ${length} bytes`)
    }
  }
}

function flipEveryBit({ bytes }: Golden): void {
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const flipped = Uint8Array.from(bytes)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    const result = decode(flipped)
    if (result.ok) assert.deepEqual(mustDecode(encode(result.value)), result.value, `bit ${bit}`)
    else assert.match(result.problem, /^[a-z-]+$/, `bit ${bit}`)
  }
}

function mustDecode(bytes: Uint8Array): DhcpPacket {
  const result = decode(bytes)
  assert.ok(result.ok, result.ok ? '' : `${result.problem}: ${result.detail}`)
  return result.value
}

function header(packet: DhcpPacket): GoldenTwin['packet'] {
  const { chaddr, options, xid, flags, ...rest } = packet
  return { ...rest, xid: hexadecimal(xid, 8), flags: hexadecimal(flags, 4), mac: macText(packet) ?? '' }
}

function hexadecimal(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`
}

function hexOptions(packet: DhcpPacket): Record<string, string> {
  return Object.fromEntries([...packet.options].map(([code, value]) => [code, bytesToHex(value)]))
}

/** The twin's options with split ones joined (RFC 3396) and the overload mark taken out, as a decoder must. */
function joined(twin: GoldenTwin): Record<string, string> {
  const options: Record<string, string> = {}
  for (const [code, value] of twin.options) {
    if (code !== overloadOption) options[code] = (options[code] ?? '') + value
  }
  return options
}

function meaning(packet: DhcpPacket): Partial<GoldenTwin['meaning']> {
  const { options } = packet
  const found = {
    messageType: messageType(options),
    uuid: machineUuid(options),
    architecture: architectureCodes(options)[0],
    vendorClass: vendorClass(options),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

function withoutPadding(bytes: Uint8Array): string {
  return bytesToHex(bytes).replace(/(00)+$/, '')
}
