import { makeDirectory } from '../config/make-directory.ts'
import type { ExitCode } from '../errors/exit-codes.ts'
import { translateError } from '../errors/translate.ts'
import { readContainerFacts, refuseBridgeNetwork } from '../host/container.ts'
import { readInterfaces } from '../net/interfaces.ts'
import { configOf, type ServeOptions, Service } from './service.ts'

/**
 * The service in the foreground: engine, refresh, history, log and signals. Resolves when it was told
 * to stop and has; rejects with a catalogued error when it cannot start.
 */
export async function serve(options: ServeOptions): Promise<ExitCode> {
  refuseBridgeNetwork(readContainerFacts(readInterfaces()))
  refuseUnusable(options.stateDirectory)
  const service = new Service(options, await configOf(options))
  try {
    await service.start()
    return await service.stopped
  } finally {
    await service.close()
  }
}

/**
 * A place that can never hold a directory is a slip of the pen, and said at once. On a disk that is full
 * or read-only nodes are served all the same.
 * @throws EmfPxeError DIRECTORY_UNUSABLE, FILE_WRONG_KIND
 */
function refuseUnusable(stateDirectory: string): void {
  try {
    makeDirectory(stateDirectory)
  } catch (error) {
    const translated = translateError(error)
    if (translated.code === 'DIRECTORY_UNUSABLE' || translated.code === 'FILE_WRONG_KIND') throw translated
  }
}
