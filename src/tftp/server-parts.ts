import type { Clock } from '../net/datagram.ts'
import type { TftpObserver } from './facts.ts'
import type { FileLookup } from './files.ts'
import type { QuietDrops } from './quiet-drops.ts'
import type { RequestRates } from './request-rates.ts'
import type { TokenBucket } from './token-bucket.ts'
import type { Transfers } from './transfers.ts'

/** What all addresses of a server share. */
export interface ServerParts {
  readonly clock: Clock
  readonly lookup: FileLookup
  readonly observe: TftpObserver
  readonly drops: QuietDrops
  readonly rates: RequestRates
  readonly transfers: Transfers
  /** Bounds the ERRORs sent to strangers. */
  readonly strayErrors: TokenBucket
  /** Counts transfers up. */
  readonly nextTransfer: () => number
  readonly isDraining: () => boolean
}
