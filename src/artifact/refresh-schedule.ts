import type { Clock } from '../net/datagram.ts'
import type { RefreshOutcome } from './refresh.ts'

export interface ScheduleOptions {
  readonly clock: Clock
  /** Usual time from one look to the next; 0 switches the schedule off. */
  readonly everyMs: number
  /** One look; stops when the signal says so. */
  readonly run: (signal: AbortSignal) => Promise<RefreshOutcome>
  /** There is nothing to serve yet: the first look comes at once. */
  readonly atOnce?: boolean
  /** 0 to 1; default `Math.random`. */
  readonly random?: () => number
}

export interface RefreshSchedule {
  /** Looks now, or waits for the look that is under way. */
  now(): Promise<void>
  /** No more looks; one under way is abandoned. Resolves when it has ended. */
  stop(): Promise<void>
}

/** The first look comes soon after the start, but not from every site of a company at once. */
const latestFirstMs = 30_000
/** While something is wrong: after a certificate rotation the new file is 15 minutes away at most. */
const soonMs = 5 * 60_000
/** While there is nothing to serve: after a power cut the servers of a site come up in any order. */
const nothingMs = 20_000
/** Part of each interval that is left to chance, either way. */
const jitter = 0.2

/** Looks for a newer boot file again and again; never two looks at a time. */
export function scheduleRefresh({
  clock,
  everyMs,
  run,
  atOnce = false,
  random = Math.random,
}: ScheduleOptions): RefreshSchedule {
  const stopped = new AbortController()
  let cancel = () => {}
  let underWay: Promise<void> | undefined

  const look = async () => {
    const outcome = await run(stopped.signal).catch(() => undefined)
    if (everyMs > 0 && !stopped.signal.aborted)
      plan(delayAfter(outcome, everyMs) * (1 + jitter * (2 * random() - 1)))
  }
  const now = () => {
    cancel()
    underWay ??= look().finally(() => {
      underWay = undefined
    })
    return underWay
  }
  const plan = (delayMs: number) => {
    cancel = clock.schedule(Math.round(delayMs), () => void now())
  }

  if (everyMs > 0) plan(atOnce ? 0 : random() * Math.min(latestFirstMs, everyMs))
  return {
    now,
    stop: async () => {
      cancel()
      stopped.abort(new Error('stopped'))
      await underWay
    },
  }
}

function delayAfter(outcome: RefreshOutcome | undefined, everyMs: number): number {
  if (outcome?.kind === 'kept' && outcome.entry === undefined) return Math.min(everyMs, nothingMs)
  return outcome === undefined || isTroubled(outcome) ? Math.min(everyMs, soonMs) : everyMs
}

function isTroubled(outcome: RefreshOutcome): boolean {
  if (outcome.kind === 'kept' && outcome.reason.code !== 'ARTIFACT_HELD_BACK') return true
  return outcome.findings.some(({ severity }) => severity === 'error')
}
