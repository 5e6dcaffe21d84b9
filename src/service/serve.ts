import type { ExitCode } from '../errors/exit-codes.ts'
import { readContainerFacts, refuseBridgeNetwork } from '../host/container.ts'
import { readInterfaces } from '../net/interfaces.ts'
import { configOf, type ServeOptions, Service } from './service.ts'

/**
 * The service in the foreground: engine, refresh, history, log and signals. Resolves when it was told
 * to stop and has; rejects with a catalogued error when it cannot start.
 */
export async function serve(options: ServeOptions): Promise<ExitCode> {
  refuseBridgeNetwork(readContainerFacts(readInterfaces()))
  const service = new Service(options, await configOf(options))
  try {
    await service.start()
    return await service.stopped
  } finally {
    await service.close()
  }
}
