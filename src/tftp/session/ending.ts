import type { TransferFailure } from '../../events/event.ts'
import type { Outcome, Step, TftpSession } from './state.ts'

export function end(session: TftpSession, outcome: Outcome): Step {
  return { session: { ...session, phase: 'ended' }, effects: [{ type: 'end', outcome }] }
}

export function failed(reason: TransferFailure, detail: string): Outcome {
  return { kind: 'failed', reason, detail }
}
