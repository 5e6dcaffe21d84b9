import { usualBootFileNames } from './boot-file-names.ts'
import { parseDataPorts } from './data-ports.ts'
import type { FieldPath } from './problem.ts'
import type { Config } from './schema.ts'

interface Finding {
  readonly path: FieldPath
  readonly seen: string
  readonly wanted: string
}

/** Rules that look at more than one field at once. */
export function crossChecks(config: Config): Finding[] {
  return [
    ...interfacesNamedOnce(config),
    ...dataPortsInOrder(config),
    ...somethingToServe(config),
    ...bootFilesApart(config),
    ...httpBootHasUrl(config),
    ...listenersApart(config),
  ]
}

function interfacesNamedOnce(config: Config): Finding[] {
  return config.interfaces.flatMap(({ name, host }, index) =>
    config.interfaces.findIndex((other) => other.name === name && other.host === host) < index
      ? [
          {
            path: ['interfaces', index, 'name'],
            seen: `"${name}" is listed twice`,
            wanted: 'each interface once',
          },
        ]
      : [],
  )
}

function dataPortsInOrder(config: Config): Finding[] {
  if (parseDataPorts(config.tftp.dataPorts) !== undefined) return []
  return [
    {
      path: ['tftp', 'dataPorts'],
      seen: `is "${config.tftp.dataPorts}"`,
      wanted: 'a range whose first port is not above its last, both from 1 to 65535',
    },
  ]
}

function somethingToServe(config: Config): Finding[] {
  const { fqdn, artifactUrl } = config.orchestrator
  if (fqdn !== undefined || artifactUrl !== undefined || Object.keys(config.bootFiles).length > 0) return []
  return [
    {
      path: ['orchestrator'],
      seen: 'nothing says where the boot file comes from',
      wanted: '`orchestrator.fqdn`, `orchestrator.artifactUrl` or a file under `bootFiles`',
    },
  ]
}

function bootFilesApart({ bootFileName, bootFiles }: Config): Finding[] {
  return Object.entries(usualBootFileNames)
    .filter(([architecture, name]) => name === bootFileName && architecture in bootFiles)
    .map(([architecture]) => ({
      path: ['bootFileName'],
      seen: `is "${bootFileName}", the name that ${architecture} nodes are given`,
      wanted: 'a name of its own for x64',
    }))
}

function httpBootHasUrl(config: Config): Finding[] {
  const { mode, url } = config.httpBoot
  const { fqdn, artifactUrl } = config.orchestrator
  if (mode !== 'orchestrator' || url !== undefined || fqdn !== undefined || artifactUrl !== undefined)
    return []
  return [{ path: ['httpBoot', 'url'], seen: 'is missing', wanted: 'the URL that nodes should boot from' }]
}

function listenersApart(config: Config): Finding[] {
  const { metrics, dashboard } = config.listeners
  if (metrics === undefined || metrics !== dashboard) return []
  return [
    { path: ['listeners', 'dashboard'], seen: `is ${dashboard}, as is metrics`, wanted: 'a port of its own' },
  ]
}
