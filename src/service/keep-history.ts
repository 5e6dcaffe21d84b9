import type { Config } from '../config/schema.ts'
import { errorMessage } from '../errors/error-message.ts'
import type { EventBus } from '../events/bus.ts'
import type { BootStories } from '../events/stories.ts'
import { History } from '../observe/history/history.ts'
import type { LiveFeed } from '../observe/live/feed.ts'

const flushMs = 250
const tidyMs = 60_000
const dayMs = 86_400_000
/** Read back at start: as many as live views show, and then some. */
const rememberedStories = 500

/**
 * Keeps boot stories on disk while the service runs; the returned function ends it. A history that
 * cannot be opened or written is warned of and done without: boots go on.
 */
export function openHistory(
  file: string,
  settings: Config['history'],
  stories: BootStories,
  bus: EventBus,
  feed: LiveFeed,
  warn: (message: string) => void,
): () => void {
  const trouble = (sentence: string | undefined) => {
    feed.trouble('history', sentence)
    warn(sentence ?? 'boot history is being kept again')
  }
  const history = tryOpen(file, settings, stories, trouble)
  if (history === undefined) return () => {}
  recall(history, stories, feed)
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

/** What happened before the restart is known again: a node that was booting goes on with its story. */
function recall(history: History, stories: BootStories, feed: LiveFeed): void {
  const recent = history.recent(rememberedStories)
  stories.restore(recent)
  feed.restore(recent, history.counts(Date.now() - dayMs))
}

function tryOpen(
  file: string,
  settings: Config['history'],
  stories: BootStories,
  trouble: (sentence: string | undefined) => void,
): History | undefined {
  const onTrouble = (problem: string | undefined) =>
    trouble(problem === undefined ? undefined : `boot history cannot be written: ${problem}`)
  try {
    const maxBytes = settings.maxMegabytes * 1_000_000
    return new History(stories, { file, keepDays: settings.days, maxBytes, onTrouble })
  } catch (error) {
    trouble(`boot history is not kept: ${file}: ${errorMessage(error)}`)
    return undefined
  }
}
