import type { TransferFailure } from '../events/event.ts'
import type { Endpoint } from '../net/datagram.ts'

/** What the server tells its owner; the owner knows which node an address is. */
export type TftpFact = TransferFact | RefusedFact | DroppedFact

export interface AboutTransfer {
  /** Counts up from 1 for the life of the server. */
  readonly transfer: number
  readonly client: Endpoint
  /** Our address that the request came to. */
  readonly serverAddress: string
  readonly file: string
  readonly totalBytes: number
}

export type TransferFact = AboutTransfer &
  (
    | { readonly type: 'requested'; readonly blockBytes: number; readonly windowSize: number }
    | { readonly type: 'probed' }
    /** At most one a second for each transfer. */
    | { readonly type: 'progress'; readonly sentBytes: number }
    | {
        readonly type: 'completed'
        readonly durationMs: number
        readonly resentBlocks: number
        /** The last block was sent, and then nothing more was heard: very likely its ACK was lost. */
        readonly lastAcknowledgementMissing: boolean
      }
    | {
        readonly type: 'failed'
        readonly reason: TransferFailure
        readonly detail: string
        /** First block that was not acknowledged. */
        readonly block: number
        readonly sentBytes: number
      }
  )

/** A request that was answered with an ERROR. */
export interface RefusedFact {
  readonly type: 'refused'
  readonly client: Endpoint
  readonly serverAddress: string
  /** As asked for: text from the network, to be escaped before it is shown. */
  readonly file: string
  readonly reason: RefusalReason
  readonly code: number
}

export type RefusalReason =
  /** Recent iPXE asks for `autoexec.ipxe` at every start: expected, and no cause for worry. */
  | 'autoexec'
  | 'not-found'
  /** A configured boot file that is not on disk (yet). */
  | 'artifact-missing'
  | 'write'
  | 'mode'

/** Datagrams that were not served, at most a few facts a second for each reason. */
export interface DroppedFact {
  readonly type: 'dropped'
  readonly client: Endpoint
  readonly serverAddress: string
  readonly reason: string
  readonly detail: string
  /** How many since the last fact with this reason, this one included. */
  readonly count: number
}

export type TftpObserver = (fact: TftpFact) => void
