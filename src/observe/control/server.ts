import { type HttpServer, json, openHttpServer } from '../http/server.ts'
import { ndjson, streamFeed } from '../http/stream-feed.ts'
import type { LiveFeed } from '../live/feed.ts'
import { clearSocketPath, protectSocket } from './socket-file.ts'

/** What became of something that a person asked the running service to do. */
export interface ActionOutcome {
  readonly ok: boolean
  /** One sentence. */
  readonly message: string
}

export interface ControlActions {
  /** Looks for a newer boot file now. */
  refresh(): Promise<ActionOutcome>
  /** Serves what is stored now: `fetch` and `rollback` have changed it. */
  load(): Promise<ActionOutcome>
  /** Reads the configuration again. */
  reload(): Promise<ActionOutcome>
}

/**
 * The local door to a running service: HTTP over a socket in the file system, so that file
 * permissions say who may use it. Rejects with a plain sentence when it cannot be opened.
 *
 * `GET /v1/snapshot` · `GET /v1/feed` (JSON lines) · `POST /v1/refresh` · `POST /v1/load` · `POST /v1/reload`
 */
export async function openControlServer(
  path: string,
  feed: LiveFeed,
  actions: ControlActions,
): Promise<HttpServer> {
  await clearSocketPath(path)
  const server = await openHttpServer({
    listen: { path },
    routes: {
      'GET /v1/snapshot': () => json(feed.snapshot()),
      'GET /v1/feed': (_request, response) => streamFeed(feed, response, ndjson),
      'POST /v1/refresh': async () => outcome(await actions.refresh()),
      'POST /v1/load': async () => outcome(await actions.load()),
      'POST /v1/reload': async () => outcome(await actions.reload()),
    },
  })
  protectSocket(path)
  return server
}

function outcome(result: ActionOutcome) {
  return json({ schema: 'emf-pxe/action/1', ...result }, result.ok ? 200 : 409)
}
