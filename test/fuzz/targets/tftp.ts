import assert from 'node:assert/strict'
import { toNetascii } from '../../../src/tftp/netascii.ts'
import { negotiate } from '../../../src/tftp/session/negotiate.ts'
import { decode } from '../../../src/wire/tftp/decode.ts'
import { encode } from '../../../src/wire/tftp/encode.ts'
import { readOptionNumber } from '../../../src/wire/tftp/options.ts'
import type { TftpOptions, TftpPacket } from '../../../src/wire/tftp/packet.ts'
import { goldens } from '../../wire/tftp/golden.ts'
import type { FuzzTarget } from '../target.ts'
import { tftpMutations } from '../tftp-mutations.ts'

const limits = { maxBlockBytes: 1468, maxWindow: 16 }
const fileBytes = 1_080_320

export async function open(): Promise<FuzzTarget> {
  return {
    feeds: 'one datagram to the TFTP decoder, its options to the negotiation, and back through the encoder',
    holds: [
      'a packet or a problem named tftp-…, never an exception',
      'what was decoded can be encoded, and decodes to the same packet again',
      'what is negotiated is within the bounds of the RFCs and ours, and was asked for',
      'work in proportion to the datagram',
    ],
    longestBytes: 2_048,
    seeds: goldens.map(({ bytes }) => bytes),
    mutations: tftpMutations,
    mostWork: (bytes) => 500 + 20 * bytes,
    run,
  }
}

function run(bytes: Uint8Array): void {
  const result = decode(bytes)
  if (!result.ok) {
    if (!/^tftp(-[a-z]+)+$/.test(result.problem) || result.detail === '') assert.fail(result.problem)
    return
  }
  const packet = result.value
  comesBack(packet)
  if (packet.type === 'read' || packet.type === 'write' || packet.type === 'oack') {
    optionsHold(packet.options)
    toNetascii(bytes)
  }
}

function comesBack(packet: TftpPacket): void {
  const again = decode(encode(packet))
  // An OACK without options is four bytes only by its padding, and is never sent.
  if (packet.type === 'oack' && packet.options.size === 0) return
  if (!again.ok) {
    // Names of many bytes once, written out twice as long? A request only shrinks.
    assert.fail(`${again.problem}: ${again.detail}`)
  }
  if (textOf(packet) !== textOf(again.value)) assert.deepEqual(again.value, packet)
}

function textOf(packet: TftpPacket): string {
  if ('options' in packet) return JSON.stringify({ ...packet, options: [...packet.options] })
  return packet.type === 'data'
    ? `${packet.block} ${Buffer.from(packet.data).toString('latin1')}`
    : JSON.stringify(packet)
}

function optionsHold(options: TftpOptions): void {
  for (const value of options.values()) {
    const number = readOptionNumber(value)
    if (number !== undefined && !(Number.isSafeInteger(number) && number >= 0)) assert.fail(value)
  }
  const { blockBytes, windowSize, timeoutMs, wrapsTo, answer } = negotiate(options, fileBytes, limits)
  if (!(blockBytes >= 8 && blockBytes <= 1468)) assert.fail(`blksize ${blockBytes}`)
  if (!(windowSize >= 1 && windowSize <= 16)) assert.fail(`windowsize ${windowSize}`)
  if (timeoutMs !== undefined && !(timeoutMs >= 1000 && timeoutMs <= 255_000))
    assert.fail(`timeout ${timeoutMs}`)
  if (wrapsTo !== 0 && wrapsTo !== 1) assert.fail(`rollover ${wrapsTo}`)
  let place = -1
  const asked = [...options.keys()]
  for (const [name, value] of answer) {
    const found = asked.indexOf(name)
    if (found <= place) assert.fail(`${name} is not in the order asked`)
    place = found
    if (name !== 'tsize' && Number(value) > Number(options.get(name))) assert.fail(`${name} grew to ${value}`)
  }
}
