import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DatagramSocket } from '../../src/net/datagram.ts'
import { RunningTransfer } from '../../src/tftp/running-transfer.ts'
import { negotiate } from '../../src/tftp/session/negotiate.ts'
import { begin, transferOf } from '../../src/tftp/session/step.ts'
import { defaultLimits, serverAddress } from './site.ts'

test('a transfer that nobody acknowledges keeps its answer alone, not the pool it was made in', () => {
  const sent: Uint8Array[] = []
  const socket: DatagramSocket = {
    local: { address: serverAddress, port: 40_000 },
    send: (bytes) => void sent.push(bytes),
    onMessage: () => {},
    onError: () => {},
    close: () => {},
  }
  const bytes = new Uint8Array(10_000)
  const negotiated = negotiate(new Map([['blksize', '1468']]), bytes.length, defaultLimits)
  const first = begin(transferOf(negotiated, bytes.length), 0)
  const client = { address: '10.0.0.9', port: 2000 }
  const about = { transfer: 1, client, serverAddress, file: 'ipxe.efi', totalBytes: bytes.length }
  const optionAck = negotiated.answer
  const parts = { about, request: new Uint8Array(20), socket, bytes, optionAck, startedAtMs: 0 }
  new RunningTransfer(parts, first.session).take(first)
  assert.equal(sent[0]?.[1], 6)
  assert.equal(sent[0]?.buffer.byteLength, sent[0]?.byteLength)
})
