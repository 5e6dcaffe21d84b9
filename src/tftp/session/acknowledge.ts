import { end } from './ending.ts'
import { advance, goBack, unchanged } from './flight.ts'
import { blockOf } from './numbering.ts'
import { silenceOutcome } from './patience.ts'
import { sampled, usualMostMs } from './round-trip.ts'
import type { Step, TftpSession } from './state.ts'

/** Takes one ACK: the window moves on, goes back once for a loss, or stays for a duplicate. */
export function acknowledge(session: TftpSession, wireBlock: number, atMs: number): Step {
  const block = blockOf(wireBlock, session.acknowledged, session.sent, session.transfer.wrapsTo)
  if (block === undefined) return unchanged(session)
  const heard: TftpSession = { ...session, heard: true, heardAtMs: atMs }
  if (session.phase === 'opening') return open(heard, atMs)
  return block === session.acknowledged ? duplicate(heard, atMs) : progress(heard, block, atMs)
}

/** Above this, an ACK may well be one that the client sent again: no round trip can be learnt from it. */
const clientRetryMs = 1000

/** ACK 0: the client takes our options, and has proved that it receives at its address. */
function open(session: TftpSession, atMs: number): Step {
  const tookMs = atMs - session.flight.sentAtMs
  const learnt = tookMs < clientRetryMs ? learn(session, atMs) : session
  return advance({ ...learnt, phase: 'sending', progressAtMs: atMs }, atMs)
}

function progress(session: TftpSession, block: number, atMs: number): Step {
  const moved: TftpSession = { ...learn(session, atMs), acknowledged: block, progressAtMs: atMs }
  if (block === session.transfer.lastBlock)
    return end(moved, { kind: 'completed', lastAcknowledgementMissing: false })
  if (block === session.sent) return advance(calmed(moved), atMs)
  return partial(moved, atMs)
}

/**
 * An ACK below the end of the window tells of a loss (RFC 7440 §4). While echoes may come it may as
 * well answer a block that came twice: then the window slides, which makes the client acknowledge
 * again, and if there is a gap all the same, the timer mends it.
 */
function partial(session: TftpSession, atMs: number): Step {
  return session.wary > 0 ? advance({ ...session, echoHeard: true }, atMs) : goBack(session, atMs)
}

/**
 * The same ACK again. In lock step it is never answered: that would send every following block
 * twice (the sorcerer's apprentice, RFC 1123 §4.2.3.1). In a window it says that the first block
 * is missing, and edk2 says so once for every later block: go back once.
 *
 * edk2 also answers each block that it has already with such an ACK, so whatever is sent twice comes
 * back as an echo, and answering echoes would be the apprentice again. No clock can tell the two
 * apart (on a busy machine an echo comes late), so after going back duplicates are not believed
 * until the blocks sent twice are acknowledged and a whole window has passed without any.
 */
function duplicate(session: TftpSession, atMs: number): Step {
  // A client that says nothing else for ever is given up like one that is silent.
  const outcome = silenceOutcome(session, atMs)
  if (outcome !== undefined) return end(session, outcome)
  if (session.transfer.windowSize === 1) return unchanged(session)
  // No echo takes seconds: the client's own timeout has run out (4 s in edk2), and it asks.
  const isRetry = atMs - session.flight.sentAtMs >= clientRetryMs
  return session.wary > 0 && !isRetry ? unchanged({ ...session, echoHeard: true }) : goBack(session, atMs)
}

/** All in flight has arrived: one window nearer to believing duplicates, unless it had echoes. */
function calmed(session: TftpSession): TftpSession {
  const wary = session.echoHeard ? session.wary : Math.max(0, session.wary - 1)
  return { ...session, wary, echoHeard: false }
}

/**
 * A round trip is measured on clean flights (Karn's rule), or for want of those on any. A doubled
 * wait stays until an answer took as long as answers usually do: then something was lost, and the
 * way has not become longer.
 */
function learn(session: TftpSession, atMs: number): TftpSession {
  const { flight, roundTrip } = session
  const tookMs = atMs - flight.sentAtMs
  if (flight.clean || roundTrip === undefined)
    return { ...session, attempts: 0, roundTrip: sampled(roundTrip, tookMs) }
  return tookMs <= usualMostMs(roundTrip) ? { ...session, attempts: 0 } : session
}
