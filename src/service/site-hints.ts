import type { ArtifactStore } from '../artifact/store/store.ts'
import type { Config } from '../config/schema.ts'
import { EmfPxeError } from '../errors/error.ts'
import { readInterfaceStates } from '../net/watch.ts'
import { hints, type ServerHint } from '../proxydhcp/hints.ts'
import type { Architecture } from '../proxydhcp/types.ts'
import { bootSources } from './boot-sources.ts'

/**
 * Lines for the site's DHCP server, from the configuration and the address that the first NIC has now.
 * Only a script URL that somebody configured is passed on: the orchestrator's boot file has its own.
 */
export function siteHints(config: Config, store: ArtifactStore): readonly ServerHint[] {
  const names = bootSources(config, store).map(({ architecture, name }) => [architecture, name])
  const bootFiles = Object.fromEntries(names) as Partial<Record<Architecture, string>>
  return hints({ serverAddress: addressOf(config), bootFiles, scriptUrl: config.scriptUrl })
}

function addressOf(config: Config): string {
  const [nic] = config.interfaces
  const [state] = readInterfaceStates(nic === undefined ? [] : [nic.name])
  const address = nic?.address ?? state?.addresses[0]
  if (address !== undefined) return address
  throw new EmfPxeError('INTERFACE_MISSING', {
    message: `${nic?.name ?? 'the interface'} has no IPv4 address now, and the DHCP server must be told one`,
  })
}
