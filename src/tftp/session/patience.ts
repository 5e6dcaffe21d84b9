import { failed } from './ending.ts'
import { resendDelayMs } from './round-trip.ts'
import type { Outcome, TftpSession } from './state.ts'

/** edk2 waits 4 s six times before it gives up; so do we. A client that named a longer timeout gets more. */
const edk2PatienceMs = 24_000
const mostPatienceMs = 60_000
const clientTries = 6

/**
 * A client that never answered keeps its session for little more than two of edk2's 4 s tries: each
 * repeated request starts the wait again, and forged requests must not fill the table for long.
 */
const openingPatienceMs = 10_000

/**
 * After the last block the one thing that may be lost for good is the last ACK: no client repeats it
 * (RFC 1350 §6 wants it to linger; firmware does not). A client that still misses a block says so
 * within its 4 s, which fits in twice.
 */
const closingPatienceMs = 8_000

/** Always below the 4 s after which edk2 itself resends, so that the two do not cross. */
const longestResendMs = 3_000

/** The resend wait never exceeds what the client asked for (RFC 2349), nor our own bound. */
export function resendLimitMs(timeoutMs: number | undefined): number {
  return Math.min(longestResendMs, timeoutMs ?? longestResendMs)
}

export function patienceMs(timeoutMs: number | undefined): number {
  return Math.min(mostPatienceMs, Math.max(edk2PatienceMs, (timeoutMs ?? 0) * clientTries))
}

/**
 * The session with its next deadline: a resend, or the end of patience. Nothing is resent before the
 * client was heard. A forged source must not make us send more packets than were received, and a
 * client that misses our opening asks again anyway: a second OACK makes atftp give up.
 */
export function scheduled(session: TftpSession, atMs: number): TftpSession {
  const { attempts, roundTrip, transfer } = session
  const resendAtMs = atMs + resendDelayMs(roundTrip, attempts, transfer.longestResendMs)
  const patienceEndsAtMs = endOfPatienceMs(session)
  return {
    ...session,
    deadlineMs: session.heard ? Math.min(patienceEndsAtMs, resendAtMs) : patienceEndsAtMs,
  }
}

/** How it ended when silence has outlasted patience; undefined: wait on. */
export function silenceOutcome(session: TftpSession, atMs: number): Outcome | undefined {
  if (atMs < endOfPatienceMs(session)) return undefined
  if (!session.heard && session.aborted) return { kind: 'probed' }
  if (isClosing(session) && atMs >= session.heardAtMs + closingPatienceMs)
    return { kind: 'completed', lastAcknowledgementMissing: true }
  return failed(
    session.heard ? 'stopped-acknowledging' : 'never-acknowledged',
    `no progress for ${Math.round((atMs - session.progressAtMs) / 1000)} s`,
  )
}

function endOfPatienceMs(session: TftpSession): number {
  if (!session.heard) return session.progressAtMs + openingPatienceMs
  const stuckAtMs = session.progressAtMs + session.transfer.patienceMs
  return isClosing(session) ? Math.min(session.heardAtMs + closingPatienceMs, stuckAtMs) : stuckAtMs
}

/** The client answered earlier, and the last block is among those in flight. */
function isClosing(session: TftpSession): boolean {
  return session.heard && session.sent === session.transfer.lastBlock
}
