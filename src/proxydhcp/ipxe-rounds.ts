import { attemptWindowMs } from './offer-form.ts'
import type { IpxeStage } from './types.ts'

/**
 * Where iPXE on a node stands. A boot file was named to this MAC, and now iPXE asks, in a transaction
 * of its own: it came out of that file (`chained`). The same transaction again is a retry and gets
 * the same answer. When the file was named to other firmware, so are further transactions: a script
 * may take an address again and again. When it was named to iPXE itself, the next new transaction is
 * the next boot, and that iPXE the one in the ROM (`first`), as in most virtual machines.
 *
 * A boot that goes well takes two rounds. iPXE that is handed its own like again and again comes
 * round every 18 s [measured: an iPXE ROM and undionly.kpxe]; it is let go (`looping`) until the
 * window that counted it is over, so that a node whose trouble was mended is not kept out for long.
 */
export interface IpxeRounds {
  readonly stage: IpxeStage
  readonly transactionId: number | undefined
  readonly rounds: number
  readonly sinceMs: number
  /** The last naming of a boot file; one to iPXE until another iPXE has come out of it. */
  readonly fileNamed: { readonly to: 'firmware' | 'ipxe'; readonly atMs: number } | undefined
}

export const mostRounds = 8
export const roundsWindowMs = 5 * 60_000

export const noRounds: IpxeRounds = {
  stage: 'first',
  transactionId: undefined,
  rounds: 0,
  sinceMs: 0,
  fileNamed: undefined,
}

export function fileNamed(rounds: IpxeRounds, to: 'firmware' | 'ipxe', atMs: number): IpxeRounds {
  return { ...rounds, fileNamed: { to, atMs } }
}

/** iPXE has sent a DISCOVER. */
export function enterRound(before: IpxeRounds, transactionId: number, nowMs: number): IpxeRounds {
  if (before.transactionId === transactionId) return before
  const counting = before.rounds > 0 && nowMs - before.sinceMs < roundsWindowMs
  const rounds = counting ? before.rounds + 1 : 1
  return {
    stage: rounds > mostRounds ? 'looping' : cameFromFile(before, nowMs) ? 'chained' : 'first',
    transactionId,
    rounds,
    sinceMs: counting ? before.sinceMs : nowMs,
    fileNamed: before.fileNamed?.to === 'firmware' ? before.fileNamed : undefined,
  }
}

function cameFromFile({ fileNamed }: IpxeRounds, nowMs: number): boolean {
  return fileNamed !== undefined && nowMs - fileNamed.atMs < attemptWindowMs
}
