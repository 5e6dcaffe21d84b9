/**
 * How long an acknowledgement takes, learnt from those that came (the estimator of RFC 6298,
 * with a floor for nodes whose firmware pauses to copy or draw).
 */
export interface RoundTrip {
  readonly smoothedMs: number
  readonly variationMs: number
}

/** Wait before the first resend while nothing is known, and its bounds afterwards. */
const unknownMs = 1000
const leastWaitMs = 30
const mostWaitMs = 1000

export function sampled(before: RoundTrip | undefined, sampleMs: number): RoundTrip {
  if (before === undefined) return { smoothedMs: sampleMs, variationMs: sampleMs / 2 }
  const deviation = Math.abs(before.smoothedMs - sampleMs)
  return {
    smoothedMs: before.smoothedMs + (sampleMs - before.smoothedMs) / 8,
    variationMs: before.variationMs + (deviation - before.variationMs) / 4,
  }
}

/** Longest that an answer takes as a rule. */
export function usualMostMs(roundTrip: RoundTrip): number {
  return roundTrip.smoothedMs + 4 * roundTrip.variationMs
}

/** Wait before resend number `attempt` (0 first): doubled each time, never beyond `longestMs`. */
export function resendDelayMs(roundTrip: RoundTrip | undefined, attempt: number, longestMs: number): number {
  const first =
    roundTrip === undefined ? unknownMs : Math.min(mostWaitMs, Math.max(leastWaitMs, usualMostMs(roundTrip)))
  return Math.min(longestMs, first * 2 ** attempt)
}
