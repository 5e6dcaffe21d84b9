import { defaultBlockBytes, errorCode } from '../wire/tftp/constants.ts'
import { readOptionNumber } from '../wire/tftp/options.ts'
import type { TftpData, TftpOptionAck, TftpPacket } from '../wire/tftp/packet.ts'
import type { TftpProfile } from './tftp-profiles.ts'

/** What a receiver wants: the whole file, or its size alone. */
export type Purpose = 'file' | 'size'

/** A transfer as firmware sees it. A value: `receive` and `retry` return the next one. */
export interface Receiver {
  readonly profile: TftpProfile
  readonly purpose: Purpose
  readonly phase: 'requesting' | 'receiving' | 'ended'
  readonly blockBytes: number
  readonly windowSize: number
  /** From the OACK; undefined when the server named none. */
  readonly totalBytes: number | undefined
  /** Last block taken, counted from 1 without wrapping. */
  readonly received: number
  /** Last block acknowledged. */
  readonly acknowledged: number
  readonly receivedBytes: number
  /** Sent again when nothing comes. */
  readonly lastSent: TftpPacket
  readonly tries: number
  readonly retries: number
  /** Blocks that came twice, or after a gap, and were thrown away. */
  readonly discardedBlocks: number
}

export type ReceiverEffect =
  | { readonly type: 'send'; readonly packet: TftpPacket }
  | { readonly type: 'data'; readonly bytes: Uint8Array }
  | { readonly type: 'end'; readonly outcome: ReceiverOutcome }

export type ReceiverOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: FetchProblem; readonly detail: string; readonly code?: number }

export type FetchProblem =
  /** Nothing at all came back. */
  | 'no-answer'
  /** It began, and then nothing more came. */
  | 'stalled'
  /** The server sent an ERROR; `code` says which. */
  | 'refused'
  /** The server broke the protocol. */
  | 'protocol'

export interface ReceiverStep {
  readonly receiver: Receiver
  readonly effects: readonly ReceiverEffect[]
}

export function request(profile: TftpProfile, file: string, purpose: Purpose): ReceiverStep {
  const packet: TftpPacket = { type: 'read', filename: file, mode: 'octet', options: profile.options }
  const receiver: Receiver = {
    profile,
    purpose,
    phase: 'requesting',
    blockBytes: defaultBlockBytes,
    windowSize: 1,
    totalBytes: undefined,
    received: 0,
    acknowledged: 0,
    receivedBytes: 0,
    lastSent: packet,
    tries: 1,
    retries: 0,
    discardedBlocks: 0,
  }
  return { receiver, effects: [{ type: 'send', packet }] }
}

/** A datagram from the server. */
export function receive(receiver: Receiver, packet: TftpPacket): ReceiverStep {
  if (receiver.phase === 'ended') return { receiver, effects: [] }
  if (packet.type === 'error') return end(receiver, refused(packet.code, packet.message))
  if (packet.type === 'data') return takeData(receiver, packet)
  // A repeated OACK before the first block is acknowledged again (Mtftp4RrqHandleOack).
  if (packet.type === 'oack' && receiver.received === 0) return takeOptions(receiver, packet)
  return { receiver, effects: [] }
}

/** Nothing came for as long as the profile waits: the last packet again, or the end. */
export function retry(receiver: Receiver): ReceiverStep {
  if (receiver.phase === 'ended') return { receiver, effects: [] }
  const { profile, tries, phase, received } = receiver
  if (tries >= profile.tries) {
    const reason = phase === 'requesting' ? 'no-answer' : 'stalled'
    return end(receiver, { ok: false, reason, detail: `${tries} tries, ${received} blocks` })
  }
  return {
    receiver: { ...receiver, tries: tries + 1, retries: receiver.retries + 1 },
    effects: [{ type: 'send', packet: receiver.lastSent }],
  }
}

/** edk2 (Mtftp4RrqOackValid): only what was asked for, never larger. A size probe ends here with ERROR 8. */
function takeOptions(receiver: Receiver, packet: TftpOptionAck): ReceiverStep {
  const problem = objection(receiver.profile, packet)
  if (problem !== undefined) return abort(receiver, problem)
  const number = (name: string) => readOptionNumber(packet.options.get(name) ?? '')
  const agreed: Receiver = {
    ...receiver,
    phase: 'receiving',
    blockBytes: number('blksize') ?? defaultBlockBytes,
    windowSize: number('windowsize') ?? 1,
    totalBytes: number('tsize'),
  }
  if (receiver.purpose === 'file') return acknowledge(agreed, 0)
  const { effects } = abort(agreed, 'User aborted download')
  return {
    receiver: { ...agreed, phase: 'ended' },
    effects: [...effects.slice(0, 1), { type: 'end', outcome: { ok: true } }],
  }
}

function objection({ options }: TftpProfile, answer: TftpOptionAck): string | undefined {
  for (const [name, text] of answer.options) {
    const asked = options.get(name)
    const value = readOptionNumber(text)
    if (asked === undefined) return `the server answered ${name}, which was not asked for`
    if (value === undefined) return `the server answered ${name} without a number`
    if (name !== 'tsize' && value > Number(asked))
      return `the server answered ${name} ${value}, more than ${asked}`
  }
  return undefined
}

/** In order or not at all: a receiver keeps no block that comes after a gap. */
function takeData(receiver: Receiver, packet: TftpData): ReceiverStep {
  const block = receiver.received + 1
  if (receiver.purpose === 'size') return abort(receiver, 'the server ignored tsize')
  if (packet.block !== (block & 0xffff)) return discard(receiver)
  if (packet.data.length > receiver.blockBytes)
    return abort(receiver, `a block of ${packet.data.length} bytes`)
  const taken: Receiver = {
    ...receiver,
    phase: 'receiving',
    received: block,
    receivedBytes: receiver.receivedBytes + packet.data.length,
    tries: 1,
  }
  const data = { type: 'data', bytes: packet.data } as const
  if (packet.data.length < receiver.blockBytes) return finish(taken, data)
  if (block - taken.acknowledged < taken.windowSize) return { receiver: taken, effects: [data] }
  const { receiver: next, effects } = acknowledge(taken, block)
  return { receiver: next, effects: [data, ...effects] }
}

/** edk2 answers every unexpected block with the last good one, once for each (Mtftp4RrqHandleData). */
function discard(receiver: Receiver): ReceiverStep {
  const counted = { ...receiver, discardedBlocks: receiver.discardedBlocks + 1 }
  return receiver.phase === 'requesting'
    ? { receiver: counted, effects: [] }
    : acknowledge(counted, receiver.received)
}

function acknowledge(receiver: Receiver, block: number): ReceiverStep {
  const packet: TftpPacket = { type: 'ack', block: block & 0xffff }
  return {
    receiver: { ...receiver, acknowledged: block, lastSent: packet },
    effects: [{ type: 'send', packet }],
  }
}

function finish(receiver: Receiver, data: ReceiverEffect): ReceiverStep {
  const { totalBytes, receivedBytes, received } = receiver
  const { effects } = acknowledge(receiver, received)
  const whole = totalBytes === undefined || totalBytes === receivedBytes
  const detail = `${receivedBytes} bytes came, ${totalBytes} were announced`
  const outcome: ReceiverOutcome = whole ? { ok: true } : { ok: false, reason: 'protocol', detail }
  return { receiver: { ...receiver, phase: 'ended' }, effects: [data, ...effects, { type: 'end', outcome }] }
}

function abort(receiver: Receiver, message: string): ReceiverStep {
  const packet: TftpPacket = { type: 'error', code: errorCode.optionNegotiation, message }
  const ended = end(receiver, { ok: false, reason: 'protocol', detail: message })
  return { receiver: ended.receiver, effects: [{ type: 'send', packet }, ...ended.effects] }
}

function refused(code: number, message: string): ReceiverOutcome {
  return { ok: false, reason: 'refused', detail: message, code }
}

function end(receiver: Receiver, outcome: ReceiverOutcome): ReceiverStep {
  return { receiver: { ...receiver, phase: 'ended' }, effects: [{ type: 'end', outcome }] }
}
