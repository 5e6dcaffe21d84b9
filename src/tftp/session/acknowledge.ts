import { advance, goBack, unchanged } from './flight.ts'
import { blockOf } from './numbering.ts'
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

/** ACK 0: the client takes our options, and has proved that it receives at its address. */
function open(session: TftpSession, atMs: number): Step {
  return advance({ ...learn(session, 0, atMs), phase: 'sending', progressAtMs: atMs }, atMs)
}

function progress(session: TftpSession, block: number, atMs: number): Step {
  const { recovery, transfer } = session
  const ended = recovery !== undefined && block >= recovery.until
  const needless = ended && tooSoon(session, recovery.startedAtMs, atMs)
  const moved: TftpSession = {
    ...learn(session, block, atMs),
    acknowledged: block,
    progressAtMs: atMs,
    recovery: ended ? undefined : recovery,
    // Every block of a needless resend will cause a duplicate ACK; else those that it foresaw.
    echoes: needless ? transfer.windowSize : ended ? recovery.echoes : 0,
  }
  if (block === transfer.lastBlock) return completed(moved)
  const lost = block < session.sent && !needless && !isUnderRepair(moved, atMs)
  return lost ? goBack(moved, atMs, 0) : advance(moved, atMs)
}

/**
 * The same ACK again. In lock step it is never answered: that would send every following block
 * twice (the sorcerer's apprentice, RFC 1123 §4.2.3.1). In a window it says that a block after
 * `acknowledged` is missing, and edk2 says so once for every later block of the window: go back
 * once, and not at all for the echo of a block that we sent twice ourselves.
 */
function duplicate(session: TftpSession, atMs: number): Step {
  if (session.transfer.windowSize === 1 || isUnderRepair(session, atMs)) return unchanged(session)
  if (session.echoes > 0) return unchanged({ ...session, echoes: session.echoes - 1 })
  if (tooSoon(session, session.flight.sentAtMs, atMs)) return unchanged(session)
  return goBack(session, atMs, 0)
}

function completed(session: TftpSession): Step {
  return {
    session: { ...session, phase: 'ended' },
    effects: [{ type: 'end', outcome: { kind: 'completed', lastAcknowledgementMissing: false } }],
  }
}

/**
 * A round trip is measured on whole windows that were sent once (Karn's rule). After a resend the
 * doubled wait stays, unless the answer took as long as answers usually do: then something was
 * lost, and the way has not become longer.
 */
function learn(session: TftpSession, block: number, atMs: number): TftpSession {
  const { flight, roundTrip } = session
  const tookMs = atMs - flight.sentAtMs
  if (flight.clean && block === session.sent)
    return { ...session, attempts: 0, roundTrip: sampled(roundTrip, tookMs) }
  const usual = roundTrip !== undefined && tookMs <= usualMostMs(roundTrip)
  return usual ? { ...session, attempts: 0 } : session
}

/**
 * A resend is on its way, and this ACK answers what was sent before it. One that comes a round trip
 * later answers the resend itself: part of that was lost as well.
 */
function isUnderRepair({ recovery, roundTrip }: TftpSession, atMs: number): boolean {
  if (recovery === undefined) return false
  if (roundTrip === undefined) return true
  return atMs - recovery.startedAtMs < (roundTrip.leastMs + roundTrip.smoothedMs) / 2
}

/**
 * Sooner than anything sent then can have been answered, so it answers what was sent before. Half
 * the shortest round trip, because an early block of a window is answered a little before its last.
 */
function tooSoon(session: TftpSession, sentAtMs: number, atMs: number): boolean {
  return session.roundTrip !== undefined && atMs - sentAtMs < session.roundTrip.leastMs / 2
}
