import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededRandom } from '../../src/net/seeded-random.ts'
import { negotiate } from '../../src/tftp/session/negotiate.ts'
import type { Step, TftpEvent, TftpSession } from '../../src/tftp/session/state.ts'
import { begin, step, transferOf } from '../../src/tftp/session/step.ts'
import { Edk2Client } from './edk2-client.ts'

const sizeBytes = 1_080_320
const limits = { maxBlockBytes: 1468, maxWindow: 16 }
const windowed = new Map([
  ['tsize', '0'],
  ['blksize', '1468'],
  ['windowsize', '4'],
])
/** A node and the machine take this long for a datagram each, also where the cable takes nothing. */
const processingMs = 0.02

interface Path {
  readonly rttMs: number
  readonly lossPercent: number
  readonly seed: number
}

type Due = { readonly atMs: number } & ({ readonly ack: number } | { readonly block: number })

/**
 * A transfer with a client that answers whatever it did not expect, over a path that loses datagrams
 * of both directions at random: how many DATA were sent, and how long it took.
 */
function transfer({ rttMs, lossPercent, seed }: Path) {
  const random = seededRandom(seed)
  const lost = () => random() * 100 < lossPercent
  const begun = begin(transferOf(negotiate(windowed, sizeBytes, limits), sizeBytes), 0)
  const client = new Edk2Client(4, begun.session.transfer.lastBlock)
  const onTheWay: Due[] = [{ atMs: rttMs, ack: 0 }]
  let session: TftpSession = begun.session
  let sent = 0
  let nowMs = 0
  const take = (next: Step) => {
    session = next.session
    for (const effect of next.effects) {
      if (effect.type !== 'send-blocks') continue
      for (let block = effect.first; block < effect.first + effect.count; block++) {
        sent++
        if (!lost()) onTheWay.push({ atMs: nowMs + rttMs / 2 + processingMs * onTheWay.length, block })
      }
    }
  }
  const play = (event: TftpEvent) => take(step(session, event))
  while (session.phase !== 'ended') {
    assert(sent < 10_000, `an endless exchange after ${sent} datagrams`)
    onTheWay.sort((one, other) => one.atMs - other.atMs)
    const [first] = onTheWay
    if (first === undefined || session.deadlineMs < first.atMs) {
      nowMs = Math.max(nowMs, session.deadlineMs)
      play({ type: 'deadline', atMs: nowMs })
      continue
    }
    onTheWay.shift()
    nowMs = Math.max(nowMs, first.atMs)
    if ('ack' in first) play({ type: 'acknowledged', wireBlock: first.ack, atMs: nowMs })
    else {
      const ack = client.receive(first.block)
      if (ack !== undefined && !lost()) onTheWay.push({ atMs: nowMs + rttMs / 2 + processingMs, ack })
    }
  }
  return { sent, nowMs, blocks: begun.session.transfer.lastBlock, complete: client.done }
}

describe('a client that acknowledges everything it did not expect', () => {
  for (const rttMs of [0, 1, 20])
    for (const [lossPercent, most] of [
      [0, 1],
      [1, 1.5],
      [5, 2],
    ] as const)
      test(`${lossPercent} % loss, ${rttMs} ms round trip: at most ${most} datagrams a block`, () => {
        for (let seed = 1; seed <= 20; seed++) {
          const { sent, blocks, complete } = transfer({ rttMs, lossPercent, seed })
          assert(complete, `seed ${seed}: the whole file`)
          assert(sent <= blocks * most, `seed ${seed}: ${sent} datagrams for ${blocks} blocks`)
        }
      })
})
