import type { ServerResponse } from 'node:http'
import type { LiveFeed } from '../live/feed.ts'
import type { LiveMessage } from '../live/snapshot.ts'
import type { Answer } from './server.ts'

/** How messages stand in the stream. */
export interface FeedFormat {
  readonly type: string
  readonly encode: (message: LiveMessage) => string
}

/** One JSON object a line. */
export const ndjson: FeedFormat = {
  type: 'application/x-ndjson',
  encode: (message) => `${JSON.stringify(message)}\n`,
}

/** Server-sent events, as browsers read them; JSON has no line breaks of its own. */
export const serverSentEvents: FeedFormat = {
  type: 'text/event-stream',
  encode: (message) => `data: ${JSON.stringify(message)}\n\n`,
}

const mostStreams = 32
/** A reader that took nothing for this long is gone, or might as well be. */
const stuckAfterMs = 30_000

/**
 * Writes the feed to a response until its reader leaves. A slow reader gets the latest state less
 * often; one that reads nothing at all is cut off, so that never more than one message waits for it.
 */
export function streamFeed(
  feed: LiveFeed,
  response: ServerResponse,
  format: FeedFormat,
  headers: Readonly<Record<string, string>> = {},
): Answer | undefined {
  if (feed.subscribers >= mostStreams)
    return { status: 503, body: 'too many live views are open\n', headers: { 'retry-after': '10' } }
  response.writeHead(200, {
    'content-type': format.type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  // A request for the headers alone ends here.
  if (response.req.method === 'HEAD') {
    response.end()
    return undefined
  }
  let stuck: NodeJS.Timeout | undefined
  const open = feed.open((message) => {
    const more = response.write(format.encode(message))
    if (!more) stuck ??= setTimeout(() => response.destroy(), stuckAfterMs)
    return more
  })
  response.on('drain', () => {
    clearTimeout(stuck)
    stuck = undefined
    open.ready()
  })
  response.on('close', () => {
    clearTimeout(stuck)
    open.close()
  })
  return undefined
}
