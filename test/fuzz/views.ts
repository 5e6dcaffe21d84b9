import assert from 'node:assert/strict'
import type { ServeEvent } from '../../src/events/event.ts'
import { BootStories } from '../../src/events/stories.ts'
import type { Clock } from '../../src/net/datagram.ts'
import { describe } from '../../src/observe/describe.ts'
import { LiveFeed } from '../../src/observe/live/feed.ts'
import { jsonLog, terminalLog } from '../../src/observe/log.ts'
import { tellStory } from '../../src/observe/tell-story.ts'
import { ChangeLines } from '../../src/observe/watch/change-lines.ts'
import { drawFrame } from '../../src/observe/watch/frame.ts'
import { WatchModel } from '../../src/observe/watch/model.ts'
import { displayWidth } from '../../src/ui/text.ts'
import { createTheme } from '../../src/ui/theme.ts'

/** 2026-03-01 12:00 UTC. */
const noonMs = 1_772_366_400_000
const theme = createTheme({ color: false, unicode: true })
const everything = { failedOnly: false }
const columns = 80

/** Everything that shows people what happened, and whether strangers can put something in between. */
export class Views {
  readonly #clock: Clock
  readonly #stories = new BootStories(8)
  readonly #feed: LiveFeed
  readonly #logs

  constructor(clock: Clock) {
    this.#clock = clock
    this.#feed = new LiveFeed({ stories: this.#stories, clock, version: '1', wallMs: () => this.#wallMs })
    this.#logs = [
      terminalLog((line) => isPrintable(line.split('\n'), 'the log'), this.#stories, {
        theme,
        minimum: 'debug',
      }),
      jsonLog((line) => void JSON.parse(line), 'debug'),
    ]
  }

  readonly record = (happened: ServeEvent): void => {
    const event = { ...happened, atMs: this.#wallMs }
    isPrintable([describe(event).text], event.type)
    this.#stories.apply(event)
    this.#feed.record(event)
    for (const log of this.#logs) log(event)
  }

  /** Looks at the story of every node, at the live view and at its lines for a pipe, now. */
  look(): void {
    const nowMs = this.#wallMs
    for (const story of this.#stories.all())
      isPrintable(tellStory(story, theme, nowMs).split('\n'), 'a story')
    const snapshot = JSON.parse(JSON.stringify(this.#feed.snapshot()))
    isPrintable(new ChangeLines(everything, theme).of({ type: 'snapshot', snapshot }), 'a line')
    const model = new WatchModel()
    model.apply({ type: 'snapshot', snapshot })
    const frame = drawFrame(model, { theme, columns, rows: 24, nowMs, filter: everything, notice: undefined })
    isPrintable(frame, 'the live view')
    const long = frame.find((line) => displayWidth(line) > columns)
    if (long !== undefined || frame.length > 24) assert.fail(`beyond the screen: ${long}`)
  }

  get #wallMs(): number {
    return noonMs + this.#clock.now()
  }
}

function isPrintable(lines: readonly string[], where: string): void {
  for (const line of lines)
    if (/\p{Cc}/u.test(line)) assert.fail(`a control character in ${where}: ${JSON.stringify(line)}`)
}
