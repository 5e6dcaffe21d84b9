import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/proxydhcp/decide.ts'
import { freshMemory } from '../../src/proxydhcp/memory.ts'
import type { Arrival, BootPolicy } from '../../src/proxydhcp/types.ts'
import { decode } from '../../src/wire/dhcp/decode.ts'
import { encode } from '../../src/wire/dhcp/encode.ts'
import { ipxeVersion } from '../../src/wire/dhcp/ipxe.ts'
import { relayAgentInformation } from '../../src/wire/dhcp/relay-agent.ts'
import { goldens } from '../wire/dhcp/goldens.ts'

const seed = 0x20_26_07_03
const packets = 1_000_000
/** An Ethernet frame's worth: what a DHCP socket can be handed without fragments. */
const longestBytes = 1472

const nobody = { macs: new Set<string>(), ouis: new Set<string>(), uuids: new Set<string>() }
const file = { name: 'ipxe.efi', sizeBytes: 1_080_320 }
const policy: BootPolicy = {
  bootFiles: { x64: file, arm64: file, ia32: file, bios: file },
  scriptUrl: 'http://192.0.2.1/boot.ipxe',
  httpBootUrls: { x64: 'http://192.0.2.1/ipxe.efi' },
  allow: nobody,
  deny: nobody,
  dhcpClientPort: 68,
}
const arrivals: readonly Arrival[] = [
  arrivalOn('dhcp', { address: '0.0.0.0', port: 68 }),
  arrivalOn('bootServer', { address: '192.0.2.9', port: 4011 }),
]

test(`a million mutated packets: no exception, bounded answers (seed ${seed})`, () => {
  const random = xorshift32(seed)
  const seen = { malformed: 0, ignored: 0, answered: 0 }
  for (let count = 0; count < packets; count++) {
    const bytes = mutate(random)
    const result = decode(bytes)
    if (!result.ok) {
      seen.malformed++
      continue
    }
    relayAgentInformation(result.value.options)
    ipxeVersion(result.value.options)
    const arrival = arrivals[count & 1] ?? arrivals[0]
    if (arrival === undefined) continue
    const decision = decide(result.value, policy, arrival, freshMemory)
    if (decision.kind === 'ignore') {
      seen.ignored++
      continue
    }
    seen.answered++
    // What goes back is our own 300 bytes and what was echoed, no more than came in.
    const answer = encode(decision.reply)
    if (answer.length > 300 + bytes.length) assert.fail(`${answer.length} bytes for ${bytes.length}`)
  }
  console.log(`# ${JSON.stringify(seen)}`)
  // A run that stopped at the door would prove nothing: each kind must be well represented.
  assert.ok(seen.malformed > packets / 100, `${seen.malformed} malformed`)
  assert.ok(seen.ignored > packets / 20, `${seen.ignored} ignored`)
  assert.ok(seen.answered > packets / 20, `${seen.answered} answered`)
})

type Random = () => number

const buffer = new Uint8Array(longestBytes)

/** A golden packet with up to eight changes, most of them in the options, where the parsing is. */
function mutate(random: Random): Uint8Array {
  const original = goldens[random() % goldens.length]?.bytes ?? buffer
  buffer.set(original)
  let length = original.length
  for (let changes = random() % 8; changes > 0; changes--) {
    const offset = random() % 4 === 0 ? random() % length : 240 + (random() % (length - 239))
    const kind = random() % 8
    if (kind < 3) buffer[offset] = random() & 0xff
    else if (kind < 5) buffer[offset] = (buffer[offset] ?? 0) ^ (1 << (random() & 7))
    else if (kind === 5) buffer.copyWithin(offset, random() % length, length)
    else if (kind === 6) buffer[offset] = [0, 52, 255][random() % 3] ?? 0
    else length = Math.max(241, Math.min(longestBytes, length + (random() % 64) - 24))
  }
  return random() % 16 === 0 ? buffer.subarray(0, random() % length) : buffer.subarray(0, length)
}

/** Marsaglia's generator: the same packets on every machine. */
function xorshift32(start: number): Random {
  let state = start
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

function arrivalOn(service: Arrival['service'], source: Arrival['source']): Arrival {
  return { interface: 'e0', serverAddress: '192.0.2.1', service, source }
}
