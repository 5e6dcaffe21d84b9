import { containerName } from '../../deploy/render/compose.ts'
import { unitName } from '../../deploy/render/systemd.ts'
import { escapeText } from '../../ui/text.ts'
import type { Facts } from '../facts.ts'

export const unit = unitName

const properties = [
  'LoadState',
  'ActiveState',
  'Result',
  'NRestarts',
  'ExecMainStatus',
  'ActiveEnterTimestamp',
  'FragmentPath',
  'DropInPaths',
  'NeedDaemonReload',
]

/** What systemd says of the unit; undefined without systemd. */
export async function unitState(facts: Facts): Promise<Partial<Record<string, string>> | undefined> {
  const shown = await facts.run('systemctl', ['show', unit, `--property=${properties.join()}`])
  if (shown.kind !== 'ok') return undefined
  return Object.fromEntries(
    shown.stdout
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), escapeText(line.slice(line.indexOf('=') + 1))]),
  )
}

export interface ContainerState {
  readonly isRunning: boolean
  readonly image: string
  /** `host`, `bridge`, or the name of a network. */
  readonly network: string
  readonly restarts: number
  readonly startedAt: string
  readonly exitCode: number
  readonly error: string
}

const format = [
  '.State.Running',
  '.Config.Image',
  '.HostConfig.NetworkMode',
  '.RestartCount',
  '.State.StartedAt',
  '.State.ExitCode',
  '.State.Error',
]
  .map((field) => `{{json ${field}}}`)
  .join()

/** What Docker says of our container; undefined when init made none, or Docker has none. */
export async function containerState(facts: Facts): Promise<ContainerState | undefined> {
  if ((await facts.installation())?.target !== 'docker') return undefined
  const shown = await facts.run('docker', ['inspect', '--format', `[${format}]`, containerName])
  return shown.kind === 'ok' ? parseContainer(shown.stdout) : undefined
}

function parseContainer(json: string): ContainerState | undefined {
  try {
    const [isRunning, image, network, restarts, startedAt, exitCode, error] = JSON.parse(json)
    return {
      isRunning: isRunning === true,
      image: escapeText(String(image)),
      network: escapeText(String(network)),
      restarts: Number(restarts),
      startedAt: escapeText(String(startedAt)).slice(0, 19),
      exitCode: Number(exitCode),
      error: escapeText(String(error)),
    }
  } catch {
    return undefined
  }
}
