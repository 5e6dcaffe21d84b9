import { diagnose } from '../../events/diagnose.ts'
import { type BootStory, hasReached } from '../../events/story.ts'
import type { LiveStory, Outcome } from './snapshot.ts'

/** As long as any pause inside a healthy boot may be: edk2's longest DHCP retry is 32 s. */
const quietAfterMs = 60_000

/** A story with what can be concluded from it at `nowMs`. */
export function liveStory(story: BootStory, nowMs: number, requestedAtMs: number | undefined): LiveStory {
  const diagnosis = diagnose(story, nowMs)
  const bytesPerSecond = rateOf(story, requestedAtMs)
  return {
    ...story,
    outcome: outcomeOf(story, diagnosis?.code, nowMs),
    ...(diagnosis === undefined ? {} : { diagnosis }),
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
  }
}

function outcomeOf(story: BootStory, diagnosis: string | undefined, nowMs: number): Outcome {
  if (diagnosis === 'refused') return 'refused'
  if (diagnosis !== undefined && diagnosis !== 'beyond-our-sight') return 'failed'
  if (hasReached(story, 'ipxe-addressed')) return 'booted'
  return nowMs - story.lastAtMs > quietAfterMs ? 'quiet' : 'booting'
}

/** Bytes a second of the download; undefined while there is nothing to measure. */
function rateOf({ transfer, lastAtMs }: BootStory, requestedAtMs: number | undefined): number | undefined {
  if (transfer === undefined) return undefined
  const startedAtMs = requestedAtMs ?? lastAtMs
  const durationMs = transfer.durationMs ?? lastAtMs - startedAtMs
  if (durationMs <= 0 || transfer.sentBytes === 0) return undefined
  return Math.round((transfer.sentBytes * 1000) / durationMs)
}
