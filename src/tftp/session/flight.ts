import { scheduled } from './patience.ts'
import type { Step, TftpEffect, TftpSession } from './state.ts'

/** Nothing happened: the event was late, foreign or superfluous. */
export function unchanged(session: TftpSession): Step {
  return { session, effects: noEffects }
}

const noEffects: readonly TftpEffect[] = []

/** Sends what the window allows beyond the blocks already in flight. */
export function advance(session: TftpSession, atMs: number): Step {
  const first = session.sent + 1
  const last = windowEnd(session)
  const flight = { sentAtMs: atMs, clean: session.sent === session.acknowledged }
  return {
    session: scheduled({ ...session, sent: last, flight }, atMs),
    effects: last < first ? noEffects : [{ type: 'send-blocks', first, count: last - first + 1 }],
  }
}

/**
 * Sends the whole window again from the first unacknowledged block (RFC 7440 §4: a receiver keeps
 * nothing that comes after a gap).
 */
export function goBack(session: TftpSession, atMs: number): Step {
  const first = session.acknowledged + 1
  const last = windowEnd(session)
  const next: TftpSession = {
    ...session,
    sent: last,
    flight: { sentAtMs: atMs, clean: isSurelyLost(session, atMs) },
    wary: waryWindows,
    echoHeard: false,
    resentBlocks: session.resentBlocks + session.sent - session.acknowledged,
  }
  return {
    session: scheduled(next, atMs),
    effects: [{ type: 'send-blocks', first, count: last - first + 1 }],
  }
}

/** The window that is sent again, and the next one, in which its echoes come. */
const waryWindows = 2

/** After a wait of many round trips, an answer can only be to what is sent now. */
function isSurelyLost({ roundTrip, flight }: TftpSession, atMs: number): boolean {
  return roundTrip !== undefined && atMs - flight.sentAtMs > manyRoundTrips * roundTrip.smoothedMs
}

const manyRoundTrips = 8

/** Last block that the window allows to be in flight. */
export function windowEnd(session: TftpSession): number {
  return Math.min(session.acknowledged + session.transfer.windowSize, session.transfer.lastBlock)
}
