import { EmfPxeError } from '../errors/error.ts'
import { ControlClient } from '../observe/control/client.ts'
import type { LiveSnapshot } from '../observe/live/snapshot.ts'

/** What a service beside this command makes of a boot file that was just stored. */
export interface ServiceNews {
  /** `other`: it gives x64 nodes another file. `untold`: it runs, and could not be asked. */
  readonly state: 'serving' | 'other' | 'none' | 'untold'
  /** One sentence for the screen. */
  readonly sentence: string
}

/** Has the service with this state directory serve what is stored now. Never rejects. */
export async function tellService(
  client: Pick<ControlClient, 'act' | 'snapshot'>,
  sha256: string | undefined,
): Promise<ServiceNews> {
  try {
    const { ok, message } = await client.act('load')
    if (!ok) return untold(message)
    return newsOf(await client.snapshot(), sha256)
  } catch (error) {
    if (isNobodyThere(error))
      return { state: 'none', sentence: 'No service is running here: it is served once one is.' }
    return untold(error instanceof EmfPxeError ? error.message : String(error))
  }
}

/** The service that keeps its state there. */
export function serviceOf(stateDirectory: string): ControlClient {
  return new ControlClient(stateDirectory)
}

function newsOf({ bootFiles }: LiveSnapshot, sha256: string | undefined): ServiceNews {
  if (bootFiles.some((file) => file.state === 'served' && sha256 !== undefined && file.sha256 === sha256))
    return { state: 'serving', sentence: 'The running service serves it now.' }
  const x64 = bootFiles.find(({ architecture }) => architecture === 'x64')
  const instead =
    x64 === undefined ? 'no file' : `${x64.path}${x64.detail === undefined ? '' : ` (${x64.detail})`}`
  return { state: 'other', sentence: `The running service has ${instead} for x64 nodes, and not this file.` }
}

function untold(why: string): ServiceNews {
  return {
    state: 'untold',
    sentence: `The running service could not be told (${why}); SIGHUP makes it load the file.`,
  }
}

/** No socket, or one that nobody listens on any more. */
function isNobodyThere(error: unknown): boolean {
  return (
    error instanceof EmfPxeError &&
    error.code === 'SERVICE_NOT_RUNNING' &&
    ['ENOENT', 'ECONNREFUSED'].includes(String((error.cause as NodeJS.ErrnoException | undefined)?.code))
  )
}
