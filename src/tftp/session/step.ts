import { errorCode } from '../../wire/tftp/constants.ts'
import { acknowledge } from './acknowledge.ts'
import { end, failed } from './ending.ts'
import { goBack, unchanged } from './flight.ts'
import type { Negotiated } from './negotiate.ts'
import { lastBlockOf } from './numbering.ts'
import { patienceMs, resendLimitMs, scheduled, silenceOutcome } from './patience.ts'
import type { Outcome, Step, TftpEffect, TftpEvent, TftpSession, Transfer } from './state.ts'

/** The transfer that a request and its negotiation make. */
export function transferOf(negotiated: Negotiated, totalBytes: number): Transfer {
  return {
    totalBytes,
    blockBytes: negotiated.blockBytes,
    windowSize: negotiated.windowSize,
    wrapsTo: negotiated.wrapsTo,
    lastBlock: lastBlockOf(totalBytes, negotiated.blockBytes),
    hasOptionAck: negotiated.answer.size > 0,
    sizeAsked: negotiated.sizeAsked,
    longestResendMs: resendLimitMs(negotiated.timeoutMs),
    patienceMs: patienceMs(negotiated.timeoutMs),
  }
}

/** Begins a transfer with the one packet that answers its request: the OACK, or DATA 1. */
export function begin(transfer: Transfer, atMs: number): Step {
  const session: TftpSession = {
    transfer,
    phase: transfer.hasOptionAck ? 'opening' : 'sending',
    heard: false,
    repeats: 0,
    aborted: false,
    acknowledged: 0,
    sent: transfer.hasOptionAck ? 0 : 1,
    flight: { sentAtMs: atMs, clean: true },
    roundTrip: undefined,
    wary: 0,
    echoHeard: false,
    attempts: 0,
    resentBlocks: 0,
    heardAtMs: atMs,
    progressAtMs: atMs,
    deadlineMs: atMs,
  }
  return { session: scheduled(session, atMs), effects: [opening(session)] }
}

/** One event, one new state and what to do about it. Pure: time and packets enter as events. */
export function step(session: TftpSession, event: TftpEvent): Step {
  if (session.phase === 'ended') return unchanged(session)
  switch (event.type) {
    case 'acknowledged':
      return acknowledge(session, event.wireBlock, event.atMs)
    case 'repeated':
      return repeat(session, event.atMs)
    case 'client-error':
      return clientError(session, event.code, event.message)
    case 'deadline':
      return deadline(session, event.atMs)
    case 'superseded':
      return end(session, supersededOutcome(session))
    case 'evicted':
      return end(session, failed('never-acknowledged', 'given up in favour of newer requests'))
    case 'stop':
      return end(session, failed('server-stopping', 'the server is stopping'))
  }
}

/** The opening was lost, or is slow: once more, one packet for one request. */
function repeat(session: TftpSession, atMs: number): Step {
  if (session.heard) return unchanged(session)
  const again: TftpSession = {
    ...session,
    progressAtMs: atMs,
    repeats: session.repeats + 1,
    flight: { sentAtMs: atMs, clean: false },
  }
  return { session: scheduled(again, atMs), effects: [opening(session)] }
}

function deadline(session: TftpSession, atMs: number): Step {
  if (atMs < session.deadlineMs) return unchanged(session)
  const outcome = silenceOutcome(session, atMs)
  if (outcome !== undefined) return end(session, outcome)
  return goBack({ ...session, attempts: session.attempts + 1 }, atMs)
}

function opening(session: TftpSession): TftpEffect {
  return session.transfer.hasOptionAck
    ? { type: 'send-option-ack' }
    : { type: 'send-blocks', first: 1, count: 1 }
}

/**
 * edk2 ends its size probe with ERROR 8, BIOS ROMs with ERROR 0, both in answer to the OACK: that
 * is success. When the same port asked again meanwhile, the ERROR is for the first request, and the
 * second still stands: two sockets of ours do not keep the order in which a client sent. Any other
 * ERROR is a failure that the client names.
 */
function clientError(session: TftpSession, code: number, message: string): Step {
  const aborts = code === errorCode.optionNegotiation || code === errorCode.notDefined
  if (session.phase !== 'opening' || !session.transfer.sizeAsked || !aborts)
    return end(session, failed('client-error', `ERROR ${code}: ${message}`))
  if (session.repeats === 0) return end(session, { kind: 'probed' })
  return unchanged({ ...session, repeats: session.repeats - 1, aborted: true })
}

/** A probe whose ERROR was lost looks like this; so does a node that was reset half-way. */
function supersededOutcome(session: TftpSession): Outcome {
  if (session.phase === 'opening' && session.transfer.sizeAsked) return { kind: 'probed' }
  return failed('client-error', 'the client began again from the same port')
}
