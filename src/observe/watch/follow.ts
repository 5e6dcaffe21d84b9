import { EmfPxeError } from '../../errors/error.ts'
import type { ControlClient } from '../control/client.ts'
import type { LiveMessage } from '../live/snapshot.ts'

const againMs = 1_000

export interface FollowOptions {
  readonly client: Pick<ControlClient, 'feed'>
  readonly signal: AbortSignal
  readonly onMessage: (message: LiveMessage) => void
  /** The service went away, and is waited for; undefined: it is back. */
  readonly onLost: (why: string | undefined) => void
}

/**
 * Follows the feed until the signal fires, through restarts of the service. Rejects as the client
 * does when the service was not there to begin with.
 */
export async function follow({ client, signal, onMessage, onLost }: FollowOptions): Promise<void> {
  let wasThere = false
  let lost = false
  while (!signal.aborted) {
    try {
      for await (const message of client.feed(signal)) {
        if (lost) onLost(undefined)
        lost = false
        wasThere = true
        onMessage(message)
      }
    } catch (error) {
      if (signal.aborted) return
      if (!wasThere || (error instanceof EmfPxeError && error.code === 'CONTROL_DENIED')) throw error
    }
    if (signal.aborted) return
    if (!lost) onLost('The service has stopped; waiting for it to come back.')
    lost = true
    await pause(againMs, signal)
  }
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
