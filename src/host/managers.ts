import { existsSync } from 'node:fs'
import { escapeText } from '../ui/text.ts'
import { type RunProgram, runProgram } from './run-program.ts'

/** Something that can keep a service running, or deploy one. */
export type Manager =
  | { readonly state: 'absent' }
  /** Installed, but it does not answer; `problem` is its own word for it. */
  | { readonly state: 'unusable'; readonly problem: string }
  | { readonly state: 'usable'; readonly version: string }

export interface ManagerFacts {
  readonly systemd: Manager
  readonly docker: Manager
  /** The cluster that kubectl talks to. */
  readonly kubernetes: Manager
  readonly helm: Manager
}

/** What could run us here. Each is asked, so that "installed" and "works" are told apart. */
export async function readManagers(run: RunProgram = runProgram, exists = existsSync): Promise<ManagerFacts> {
  const [systemd, docker, kubernetes, helm] = await Promise.all([
    ask(run, 'systemctl', ['--version'], (text) => /^systemd (\S+)/.exec(text)?.[1]),
    ask(run, 'docker', ['version', '--format', '{{.Server.Version}}'], (text) => text),
    ask(run, 'kubectl', ['version', '--request-timeout=3s', '--output=json'], clusterVersion),
    ask(run, 'helm', ['version', '--short'], (text) => text),
  ])
  return { systemd: exists(systemdRuns) ? systemd : idle(systemd), docker, kubernetes, helm }
}

/** The documented sign that systemd runs this machine (sd_booted(3)). */
const systemdRuns = '/run/systemd/system'

function idle(systemd: Manager): Manager {
  return systemd.state === 'absent'
    ? systemd
    : { state: 'unusable', problem: 'systemd does not run this machine' }
}

async function ask(
  run: RunProgram,
  program: string,
  args: readonly string[],
  versionIn: (stdout: string) => string | undefined,
): Promise<Manager> {
  const result = await run(program, args)
  if (result.kind === 'missing') return { state: 'absent' }
  if (result.kind === 'failed') return { state: 'unusable', problem: result.problem }
  const version = versionIn(result.stdout.trim())
  if (version === undefined || version === '') return { state: 'unusable', problem: 'it told no version' }
  return { state: 'usable', version: escapeText(version) }
}

function clusterVersion(json: string): string | undefined {
  try {
    return JSON.parse(json).serverVersion?.gitVersion
  } catch {
    return undefined
  }
}
