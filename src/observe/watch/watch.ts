import { openScreen } from '../../ui/screen.ts'
import type { Streams } from '../../ui/streams.ts'
import { plainPunctuation } from '../../ui/text.ts'
import type { Theme } from '../../ui/theme.ts'
import type { ControlClient } from '../control/client.ts'
import type { LiveMessage, LiveStory } from '../live/snapshot.ts'
import { ChangeLines } from './change-lines.ts'
import { follow } from './follow.ts'
import { drawFrame } from './frame.ts'
import { matches, type WatchFilter, WatchModel } from './model.ts'

export interface WatchOptions {
  readonly client: Pick<ControlClient, 'feed'>
  readonly filter: WatchFilter
  readonly streams: Streams
  readonly theme: Theme
  readonly unicode: boolean
  /** Ends the watch from outside: a signal. */
  readonly signal: AbortSignal
}

const drawEveryMs = 200

/** A live view of the whole terminal, until `q`, Ctrl-C, or the signal. */
export async function watchOnScreen(options: WatchOptions): Promise<void> {
  const { client, streams, theme, unicode, signal } = options
  const left = new AbortController()
  const model = new WatchModel()
  let filter = options.filter
  let notice: string | undefined
  const draw = () => {
    const { columns, rows } = screen
    const frame = drawFrame(model, { theme, columns, rows, nowMs: Date.now(), filter, notice })
    screen.draw(unicode ? frame : frame.map(plainPunctuation))
  }
  const screen = openScreen(streams.stdin, streams.stdout, {
    onKey: (key) => {
      if (['q', 'Q', '\x03', '\x1b'].includes(key)) left.abort()
      if (key === 'f') filter = { ...filter, failedOnly: !filter.failedOnly }
      draw()
    },
    onResize: () => draw(),
  })
  // Messages only change the model; drawing has a pace of its own, however many there are.
  const drawing = setInterval(draw, drawEveryMs)
  try {
    draw()
    await follow({
      client,
      signal: AbortSignal.any([signal, left.signal]),
      onMessage: (message) => model.apply(message),
      onLost: (why) => {
        notice = why
      },
    })
  } finally {
    clearInterval(drawing)
    screen.close()
  }
}

/** One line a change, for a pipe or a log; as JSON the messages of the feed themselves. */
export async function watchAsLines(
  options: Omit<WatchOptions, 'unicode' | 'streams'> & {
    readonly json: boolean
    readonly print: (line: string) => void
    readonly note: (text: string) => void
  },
): Promise<void> {
  const { client, filter, theme, signal, json, print, note } = options
  const lines = new ChangeLines(filter, theme)
  await follow({
    client,
    signal,
    onMessage: (message) => {
      const told = json ? [JSON.stringify(filtered(message, filter))] : lines.of(message)
      for (const line of told) print(line)
    },
    onLost: (why) => note(why ?? 'The service is back.'),
  })
}

function filtered(message: LiveMessage, filter: WatchFilter): LiveMessage {
  const wanted = (story: LiveStory) => matches(story, filter)
  if (message.type === 'changes') return { ...message, stories: message.stories.filter(wanted) }
  if (message.type === 'alive') return message
  const { snapshot } = message
  return { type: 'snapshot', snapshot: { ...snapshot, stories: snapshot.stories.filter(wanted) } }
}
