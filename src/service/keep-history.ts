import type { Config } from '../config/schema.ts'
import type { EventBus } from '../events/bus.ts'
import type { BootStories } from '../events/stories.ts'
import { History } from '../observe/history/history.ts'

const flushMs = 250
const tidyMs = 60_000

/**
 * Keeps boot stories on disk while the service runs; the returned function ends it. A history that
 * cannot be opened or written is warned of and done without: boots go on.
 */
export function openHistory(
  file: string,
  settings: Config['history'],
  stories: BootStories,
  bus: EventBus,
  warn: (message: string) => void,
): () => void {
  const history = tryOpen(file, settings, stories, warn)
  if (history === undefined) return () => {}
  if (history.setAside !== undefined)
    warn(`boot history was damaged and begun anew; the old one is ${history.setAside}`)
  bus.subscribe(history.record)
  const flushing = setInterval(() => history.flush(), flushMs)
  const tidying = setInterval(() => history.tidy(Date.now()), tidyMs)
  return () => {
    clearInterval(flushing)
    clearInterval(tidying)
    history.close()
  }
}

function tryOpen(
  file: string,
  settings: Config['history'],
  stories: BootStories,
  warn: (message: string) => void,
): History | undefined {
  const onTrouble = (problem: string | undefined) =>
    warn(
      problem === undefined
        ? 'boot history is being kept again'
        : `boot history cannot be written: ${problem}`,
    )
  try {
    const maxBytes = settings.maxMegabytes * 1_000_000
    return new History(stories, { file, keepDays: settings.days, maxBytes, onTrouble })
  } catch (error) {
    warn(`boot history is not kept: ${file}: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}
