import type { TransferFact } from './facts.ts'
import type { RunningTransfer } from './running-transfer.ts'
import { acknowledgedBytes, type Outcome } from './session/state.ts'

/** What is told of a transfer that has ended. */
export function outcomeFact(transfer: RunningTransfer, outcome: Outcome, nowMs: number): TransferFact {
  const { about, session, startedAtMs } = transfer
  switch (outcome.kind) {
    case 'probed':
      return { ...about, type: 'probed' }
    case 'completed':
      return {
        ...about,
        type: 'completed',
        // Waiting for an ACK that never came is not part of the transfer.
        durationMs: (outcome.lastAcknowledgementMissing ? session.progressAtMs : nowMs) - startedAtMs,
        resentBlocks: session.resentBlocks,
        lastAcknowledgementMissing: outcome.lastAcknowledgementMissing,
      }
    case 'failed':
      return {
        ...about,
        type: 'failed',
        reason: outcome.reason,
        detail: outcome.detail,
        block: session.acknowledged + 1,
        sentBytes: acknowledgedBytes(session),
      }
  }
}
