import type { TransferFailure } from '../../events/event.ts'
import type { RoundTrip } from './round-trip.ts'

/** What never changes during one transfer. */
export interface Transfer {
  readonly totalBytes: number
  readonly blockBytes: number
  readonly windowSize: number
  readonly wrapsTo: 0 | 1
  readonly lastBlock: number
  /** An OACK opens the transfer; without options DATA 1 does (RFC 2347). */
  readonly hasOptionAck: boolean
  /** The client asked for `tsize`: ending here would make the request a size probe. */
  readonly sizeAsked: boolean
  /** Longest wait between two sends of the same block. */
  readonly longestResendMs: number
  /** Silence after which a client that answered before is given up. */
  readonly patienceMs: number
}

/** Where a transfer stands. A value: `step` returns the next one. */
export interface TftpSession {
  readonly transfer: Transfer
  readonly phase: 'opening' | 'sending' | 'ended'
  /** The client answered in this transfer. */
  readonly heard: boolean
  /** Repeated requests that were answered and may each get an answer of their own. */
  readonly repeats: number
  /** The client aborted one of its requests while another was open. */
  readonly aborted: boolean
  /** Everything up to this block has arrived. */
  readonly acknowledged: number
  /** Last block of the window in flight. */
  readonly sent: number
  /** When the last blocks were sent; clean: an ACK can only answer these. */
  readonly flight: Flight
  readonly roundTrip: RoundTrip | undefined
  /** Windows to go until a duplicate ACK is taken for the news of a loss again; see `acknowledge.ts`. */
  readonly wary: number
  /** A duplicate came while being wary, in this window. */
  readonly echoHeard: boolean
  /** How often the resend wait has been doubled; back to 0 by a window that needed no resend. */
  readonly attempts: number
  readonly resentBlocks: number
  /** Last ACK that was of this transfer, also one that moved nothing. */
  readonly heardAtMs: number
  /** Last time the transfer moved on. */
  readonly progressAtMs: number
  /** The driver calls `step` with a `deadline` event at this time, not before. */
  readonly deadlineMs: number
}

export interface Flight {
  readonly sentAtMs: number
  readonly clean: boolean
}

export type TftpEvent = { readonly atMs: number } & (
  | { readonly type: 'acknowledged'; readonly wireBlock: number }
  /** The same request again, from the same address and port. */
  | { readonly type: 'repeated' }
  | { readonly type: 'client-error'; readonly code: number; readonly message: string }
  | { readonly type: 'deadline' }
  /** The client began something else from the same port. */
  | { readonly type: 'superseded' }
  /** Its place is needed for a client that may be more alive. */
  | { readonly type: 'evicted' }
  | { readonly type: 'stop' }
)

export type TftpEffect =
  | { readonly type: 'send-option-ack' }
  | { readonly type: 'send-blocks'; readonly first: number; readonly count: number }
  | { readonly type: 'end'; readonly outcome: Outcome }

export type Outcome =
  | { readonly kind: 'completed'; readonly lastAcknowledgementMissing: boolean }
  /** The client wanted to know the size and has it (ERROR in answer to our OACK). */
  | { readonly kind: 'probed' }
  | { readonly kind: 'failed'; readonly reason: TransferFailure; readonly detail: string }

export interface Step {
  readonly session: TftpSession
  readonly effects: readonly TftpEffect[]
}

/** Bytes known to have arrived. */
export function acknowledgedBytes(session: TftpSession): number {
  return Math.min(session.acknowledged * session.transfer.blockBytes, session.transfer.totalBytes)
}
