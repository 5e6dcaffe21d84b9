import type { RefreshSchedule } from '../artifact/refresh-schedule.ts'
import { errorMessage } from '../errors/error-message.ts'
import type { EventBus } from '../events/bus.ts'
import type { ServeEvent } from '../events/event.ts'
import { controlSocketPath } from '../observe/control/path.ts'
import { type ActionOutcome, type ControlActions, openControlServer } from '../observe/control/server.ts'
import type { LiveFeed } from '../observe/live/feed.ts'

/**
 * Opens the local door for `emf-pxe watch` and others. A door that cannot be opened is a warning;
 * the returned function closes it.
 */
export async function openControl(
  stateDirectory: string,
  feed: LiveFeed,
  actions: ControlActions,
  warn: (message: string) => void,
): Promise<() => Promise<void>> {
  const path = controlSocketPath(stateDirectory, {
    runtimeDirectory: process.env.RUNTIME_DIRECTORY,
    isRoot: process.getuid?.() === 0,
  })
  try {
    const server = await openControlServer(path, feed, actions)
    return () => server.close()
  } catch (error) {
    const why = errorMessage(error)
    warn(`emf-pxe watch will not find this service: ${why}`)
    return async () => {}
  }
}

/** Looks for a newer boot file because a person asked for it; resolves with what came of it. */
export async function refreshNow(
  schedule: RefreshSchedule | undefined,
  bus: EventBus,
): Promise<ActionOutcome> {
  if (schedule === undefined) return { ok: false, message: 'no boot file is fetched by this service' }
  let outcome: ActionOutcome = { ok: false, message: 'the refresh was abandoned' }
  const forget = bus.subscribe((event) => {
    outcome = refreshOutcome(event) ?? outcome
  })
  await schedule.now()
  forget()
  return outcome
}

function refreshOutcome(event: ServeEvent): ActionOutcome | undefined {
  if (event.type === 'artifact.refreshed') return { ok: true, message: 'a newer boot file is being served' }
  if (event.type === 'artifact.unchanged') return { ok: true, message: 'the boot file is current' }
  return event.type === 'artifact.refresh-failed' ? { ok: false, message: event.message } : undefined
}
