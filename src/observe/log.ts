import { diagnose } from '../events/diagnose.ts'
import type { EventSink, ServeEvent } from '../events/event.ts'
import { isNodeEvent } from '../events/fold.ts'
import type { BootStories } from '../events/stories.ts'
import type { BootStory } from '../events/story.ts'
import { escapeText } from '../ui/text.ts'
import type { Theme } from '../ui/theme.ts'
import { describe, describeNode, type Level } from './describe.ts'

/**
 * JSON lines for journals and collectors: one object per event, as published, with a level and a
 * sentence. Progress is left out: it is for live views.
 */
export function jsonLog(write: (line: string) => void, minimum: Level = 'info'): EventSink {
  return (event) => {
    const { level, text } = describe(event)
    if (event.type === 'tftp.progress' || rank[level] < rank[minimum]) return
    const { atMs, type, ...rest } = event
    write(
      `${JSON.stringify({ time: new Date(atMs).toISOString(), level, event: type, ...rest, message: text })}\n`,
    )
  }
}

export interface TerminalLogOptions {
  readonly theme: Theme
  readonly minimum?: Level
}

/**
 * Lines for a person: what concerns the service as it happens, and one line per boot, written
 * when the boot file was fetched, or when it is clear why it was not.
 */
export function terminalLog(
  write: (line: string) => void,
  stories: BootStories,
  options: TerminalLogOptions,
): EventSink {
  const minimum = rank[options.minimum ?? 'info']
  const { theme } = options
  return (event) => {
    const { level, text } = describe(event)
    if (!('mac' in event)) {
      if (rank[level] >= minimum) write(`${clock(theme, event)}  ${paint(theme, level)(text)}\n`)
      return
    }
    const verbose = minimum === rank.debug && event.type !== 'tftp.progress'
    if (!verbose && !endsBootLine(event, level)) return
    const mark = level === 'warning' ? theme.warning(theme.symbols.failure) : theme.good(theme.symbols.ok)
    write(`${clock(theme, event)}  ${mark} ${describeNode(event)}  ${text}\n`)
    const story = isNodeEvent(event) ? stories.get(event.mac) : undefined
    if (level === 'warning' && story !== undefined) write(explanation(story, event.atMs, theme))
  }
}

const rank: Readonly<Record<Level, number>> = { debug: 0, info: 1, warning: 2, error: 3 }

function endsBootLine(event: ServeEvent, level: Level): boolean {
  return level === 'warning' || event.type === 'tftp.completed' || event.type === 'http.served'
}

/** Why we think so and what to do, indented below the line that it belongs to. */
function explanation(story: BootStory, atMs: number, theme: Theme): string {
  const diagnosis = diagnose(story, atMs)
  if (diagnosis === undefined) return ''
  return `          ${escapeText(diagnosis.sentence)}\n          ${theme.symbols.arrow} ${diagnosis.remedy}\n`
}

function clock(theme: Theme, event: ServeEvent): string {
  return theme.dim(new Date(event.atMs).toTimeString().slice(0, 8))
}

function paint(theme: Theme, level: Level): (text: string) => string {
  if (level === 'error') return theme.bad
  return level === 'warning' ? theme.warning : (text) => text
}
