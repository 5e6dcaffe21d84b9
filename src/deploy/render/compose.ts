import { dirname } from 'node:path'
import type { RenderValues } from '../values.ts'

export const containerName = 'emf-pxe'

/** The part of the Compose specification that one service of ours uses. */
export interface ComposeService {
  readonly image: string
  readonly build: { readonly context: string }
  readonly container_name: string
  readonly network_mode: 'host'
  readonly read_only: true
  readonly cap_drop: readonly string[]
  readonly cap_add: readonly string[]
  readonly tmpfs: readonly string[]
  readonly volumes: readonly string[]
  readonly pids_limit: number
  readonly restart: string
  readonly stop_grace_period: string
  readonly logging: { readonly driver: string; readonly options: Readonly<Record<string, string>> }
}

export interface ComposeDocument {
  readonly name: string
  readonly services: { readonly 'emf-pxe': ComposeService }
}

export function imageName(version: string): string {
  return `emf-pxe:${version}`
}

/** How the container runs; `docker run` arguments are read from the same value. */
export function composeDocument({ config, paths, version }: RenderValues): ComposeDocument {
  const token = config.orchestrator?.tokenFile
  const configDirectory = dirname(paths.configFile)
  const outside = [config.orchestrator?.caFile, token, ...Object.values(config.bootFiles ?? {})].filter(
    (file): file is string => file !== undefined && !isBelow(file, [configDirectory, paths.stateDirectory]),
  )
  return {
    name: containerName,
    services: {
      'emf-pxe': {
        image: imageName(version),
        build: { context: '.' },
        container_name: containerName,
        // PXE begins with broadcasts, and a bridge network carries none.
        network_mode: 'host',
        read_only: true,
        cap_drop: ['ALL'],
        // UDP 67 and 69. The binary carries it as a file capability, so `no-new-privileges` must stay off.
        cap_add: ['NET_BIND_SERVICE'],
        tmpfs: ['/tmp', '/run'],
        volumes: [
          `${configDirectory}:${configDirectory}:ro`,
          `${paths.stateDirectory}:${paths.stateDirectory}`,
          ...outside.map((file) => `${file}:${file}:ro`),
        ],
        pids_limit: 64,
        // Not `on-failure`: it would not start again after the machine does.
        restart: 'unless-stopped',
        stop_grace_period: '30s',
        logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
      },
    },
  }
}

/** Words after `docker` that start the same container without the compose plugin. */
export function dockerRunWords({ services }: ComposeDocument): readonly string[] {
  const service = services['emf-pxe']
  const repeat = (flag: string, values: readonly string[]) => values.map((value) => `${flag}=${value}`)
  const logOptions = Object.entries(service.logging.options).map(([key, value]) => `${key}=${value}`)
  return [
    'run',
    '--detach',
    `--name=${service.container_name}`,
    `--network=${service.network_mode}`,
    '--read-only',
    ...repeat('--cap-drop', service.cap_drop),
    ...repeat('--cap-add', service.cap_add),
    ...repeat('--tmpfs', service.tmpfs),
    ...repeat('--volume', service.volumes),
    `--pids-limit=${service.pids_limit}`,
    `--restart=${service.restart}`,
    `--stop-timeout=${Number.parseInt(service.stop_grace_period, 10)}`,
    `--log-driver=${service.logging.driver}`,
    ...repeat('--log-opt', logOptions),
    service.image,
  ]
}

function isBelow(file: string, directories: readonly string[]): boolean {
  return directories.some((directory) => file.startsWith(`${directory}/`))
}
