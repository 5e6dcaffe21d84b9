import assert from 'node:assert/strict'
import { negotiate } from '../../../src/tftp/session/negotiate.ts'
import type { Step, TftpEvent, TftpSession } from '../../../src/tftp/session/state.ts'
import { begin, step, transferOf } from '../../../src/tftp/session/step.ts'
import type { FuzzTarget } from '../target.ts'

/**
 * An input is a transfer and what happens in it: five bytes for the request (block size, window,
 * timeout, file size, which options), then three for each event: what, and a number of 16 bits.
 */
const requestBytes = 5
const eventBytes = 3
const limits = { maxBlockBytes: 1468, maxWindow: 16 }

export async function open(): Promise<FuzzTarget> {
  return {
    feeds:
      'one TFTP transfer: a request, then ACKs, repeated requests, ERRORs, resets and passing time in any order',
    holds: [
      'until the client has acknowledged anything, one packet for each of its requests and no more',
      'no event sends more than a window, and only blocks of the file',
      'acknowledged never goes back, and never passes what was sent',
      'it ends exactly once, at the latest two minutes after the client fell silent, and does nothing afterwards',
    ],
    longestBytes: requestBytes + 400 * eventBytes,
    seeds: seeds(),
    mostWork: (bytes) => 20_000 + 200 * bytes,
    run: (bytes) => new Play(bytes).run(),
  }
}

function seeds(): Uint8Array[] {
  const edk2 = [183, 4, 0, 40, 0b0111]
  const plain = [64, 1, 0, 3, 0]
  const inOrder = Array.from({ length: 60 }, (_, window) => [0, 0, 4 * window]).flat()
  return [
    Uint8Array.from([...edk2, ...inOrder]),
    Uint8Array.from([...plain, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 4]),
    // The size probe, repeated requests, silence, a reset, duplicates.
    Uint8Array.from([...edk2, 2, 0, 8]),
    Uint8Array.from([...edk2, 1, 0, 0, 1, 0, 0, 2, 0, 8, 0, 0, 0]),
    Uint8Array.from([...edk2, 0, 0, 0, 3, 4, 0, 3, 4, 0, 4, 0, 0]),
    Uint8Array.from([...edk2, 0, 0, 0, 0, 0, 0, 5, 0, 9, 0, 0, 0, 0, 0, 2, 6, 0, 0]),
  ]
}

class Play {
  readonly #bytes: Uint8Array
  #session: TftpSession
  #nowMs = 0
  #requests = 1
  #sent = 0
  #ends = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    const { options, sizeBytes } = requestOf(bytes)
    const first = begin(transferOf(negotiate(options, sizeBytes, limits), sizeBytes), 0)
    this.#session = first.session
    this.#take(first)
  }

  run(): void {
    for (let at = requestBytes; at + eventBytes <= this.#bytes.length; at += eventBytes)
      this.#happen(this.#bytes[at] ?? 0, (this.#bytes[at + 1] ?? 0) * 256 + (this.#bytes[at + 2] ?? 0))
    this.#fallSilent()
  }

  #happen(kind: number, number: number): void {
    if (kind % 8 === 7) this.#nowMs += number % 50
    else this.#play(this.#eventOf(kind % 8, number))
  }

  #eventOf(kind: number, number: number): TftpEvent {
    const { sent, deadlineMs } = this.#session
    if (kind === 3) this.#nowMs += number
    if (kind === 4) this.#nowMs = Math.max(this.#nowMs, deadlineMs)
    const atMs = this.#nowMs
    if (kind === 0) return { type: 'acknowledged', wireBlock: number, atMs }
    // What a client means that is in step, give or take a few blocks.
    if (kind === 5) return { type: 'acknowledged', wireBlock: (sent + (number % 9) - 4) & 0xffff, atMs }
    if (kind === 2) return { type: 'client-error', code: number, message: 'stop', atMs }
    if (kind === 6) return { type: oneOfThree(number), atMs }
    if (kind !== 1) return { type: 'deadline', atMs }
    this.#requests++
    return { type: 'repeated', atMs }
  }

  /** Nothing but deadlines from here: patience has an end. */
  #fallSilent(): void {
    const sinceMs = this.#nowMs
    for (let rounds = 0; this.#session.phase !== 'ended'; rounds++) {
      this.#nowMs = Math.max(this.#nowMs, this.#session.deadlineMs)
      if (rounds > 2_100 || this.#nowMs > sinceMs + 120_000) assert.fail(`no end after ${rounds} deadlines`)
      this.#play({ type: 'deadline', atMs: this.#nowMs })
    }
    if (this.#ends !== 1) assert.fail(`ended ${this.#ends} times`)
  }

  #play(event: TftpEvent): void {
    const before = this.#session
    const next = step(before, event)
    if (before.phase === 'ended' && next.effects.length > 0) assert.fail('something after the end')
    if (next.session.acknowledged < before.acknowledged) assert.fail('went back')
    this.#take(next)
  }

  #take({ session, effects }: Step): void {
    this.#session = session
    const { lastBlock, windowSize } = session.transfer
    if (session.acknowledged > session.sent || session.sent > lastBlock) assert.fail('more than was sent')
    if (session.phase !== 'ended' && !Number.isFinite(session.deadlineMs)) assert.fail('no deadline')
    for (const effect of effects) {
      if (effect.type === 'end') this.#ends++
      if (effect.type === 'send-option-ack') this.#sent++
      if (effect.type !== 'send-blocks') continue
      const { first, count } = effect
      this.#sent += count
      if (first < 1 || count < 1 || count > windowSize || first + count - 1 > lastBlock)
        assert.fail(`${count} blocks from ${first} of ${lastBlock}, window ${windowSize}`)
    }
    if (effects.length > 2) assert.fail(`${effects.length} effects`)
    if (!session.heard && this.#sent > this.#requests)
      assert.fail(`${this.#sent} packets for ${this.#requests} requests of a client never heard`)
  }
}

function requestOf(bytes: Uint8Array) {
  const [blocks = 0, window = 0, timeout = 0, size = 0, which = 0] = bytes
  const options = new Map<string, string>()
  if (which & 1) options.set('blksize', String(blocks * 8 + 4))
  if (which & 2) options.set('windowsize', String(window))
  if (which & 4) options.set('tsize', '0')
  if (which & 8) options.set('timeout', String(timeout))
  if (which & 16) options.set('rollover', String(which >> 5))
  // Up to what needs more than 65,535 blocks: the largest size only with the smallest blocks.
  const sizeBytes = size === 255 ? 65_540 * 8 : size * 331
  return { options, sizeBytes }
}

function oneOfThree(number: number): 'superseded' | 'evicted' | 'stop' {
  return number % 3 === 0 ? 'superseded' : number % 3 === 1 ? 'evicted' : 'stop'
}
