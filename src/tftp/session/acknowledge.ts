import { advance, goBack, unchanged } from './flight.ts'
import { blockOf } from './numbering.ts'
import { sampled } from './round-trip.ts'
import type { Step, TftpSession } from './state.ts'

/** Takes one ACK: the window moves on, goes back once for a loss, or stays for a duplicate. */
export function acknowledge(session: TftpSession, wireBlock: number, atMs: number): Step {
  const block = blockOf(wireBlock, session.acknowledged, session.sent, session.transfer.wrapsTo)
  if (block === undefined) return unchanged(session)
  if (session.phase === 'opening') return open(session, atMs)
  return block === session.acknowledged ? duplicate(session, atMs) : progress(session, block, atMs)
}

/** ACK 0: the client takes our options, and has proved that it receives at its address. */
function open(session: TftpSession, atMs: number): Step {
  const heard: TftpSession = { ...session, phase: 'sending', heard: true, progressAtMs: atMs }
  return advance(learn(heard, 0, atMs), atMs)
}

function progress(session: TftpSession, block: number, atMs: number): Step {
  const { recovery, transfer } = session
  const ended = recovery !== undefined && block >= recovery.until
  const needless = ended && tooSoon(session, recovery.startedAtMs, atMs)
  const moved: TftpSession = {
    ...learn(session, block, atMs),
    heard: true,
    acknowledged: block,
    progressAtMs: atMs,
    recovery: ended ? undefined : recovery,
    // Every block of a needless resend will cause a duplicate ACK; else those that it foresaw.
    echoes: needless ? transfer.windowSize : ended ? recovery.echoes : 0,
  }
  if (block === transfer.lastBlock) return completed(moved)
  const loss = block < session.sent && moved.recovery === undefined && !needless
  return loss ? goBack(moved, atMs, 0) : advance(moved, atMs)
}

/**
 * The same ACK again. In lock step it is never answered: that would send every following block
 * twice (the sorcerer's apprentice, RFC 1123 §4.2.3.1). In a window it says that a block after
 * `acknowledged` is missing, and edk2 says so once for every later block of the window: go back
 * once, and not at all for the echo of a block that we sent twice ourselves.
 */
function duplicate(session: TftpSession, atMs: number): Step {
  if (session.transfer.windowSize === 1 || session.recovery !== undefined) return unchanged(session)
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

/** A round trip is measured on whole windows that were sent once; a doubled wait lasts until then. */
function learn(session: TftpSession, block: number, atMs: number): TftpSession {
  if (block !== session.sent || !session.flight.clean) return session
  return { ...session, attempts: 0, roundTrip: sampled(session.roundTrip, atMs - session.flight.sentAtMs) }
}

/**
 * Sooner than anything sent then can have been answered, so it answers what was sent before. Half
 * the shortest round trip, because an early block of a window is answered a little before its last.
 */
function tooSoon(session: TftpSession, sentAtMs: number, atMs: number): boolean {
  return session.roundTrip !== undefined && atMs - sentAtMs < session.roundTrip.leastMs / 2
}
