import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { escapeText } from '../../ui/text.ts'
import { type Check, failed, ok, skipped, warning } from '../check.ts'
import type { Facts } from '../facts.ts'
import { runningService } from './running.ts'

const unit = 'emf-pxe.service'
const notInstalled = 'not installed by emf-pxe init'

export const installed: Check = {
  id: 'service-installed',
  category: 'service',
  title: 'the installation is complete',
  dependsOn: [],
  async run(facts) {
    const installation = await facts.installation()
    if (installation === undefined) return skipped(notInstalled)
    const { target, version, writtenAt, complete } = installation
    const seen = `${target}, version ${escapeText(version)}, ${writtenAt.slice(0, 10)}`
    return complete ? ok(seen) : failed(`${seen}: it was cut short`, 'emf-pxe init')
  },
}

export const running: Check = {
  id: 'service-running',
  category: 'service',
  title: 'emf-pxe is running',
  dependsOn: ['configuration'],
  async run(facts) {
    const service = await runningService(facts)
    const state = await unitState(facts)
    if (service !== undefined && state?.ActiveState !== 'failed')
      return ok(
        `${service.name} (pid ${service.pid}${service.unit === undefined ? '' : `, ${service.unit}`})`,
      )
    if (service === undefined && state?.ActiveState === 'active') {
      return process.getuid?.() === 0
        ? failed(`${unit} is active, and yet holds no port`, `journalctl -u ${unit} -n 50 --no-pager`)
        : ok(`${unit} is active`)
    }
    if (state?.ActiveState === undefined || state.LoadState !== 'loaded')
      return failed('nobody here serves boots', 'emf-pxe serve')
    const why = `${state.ActiveState}${state.Result === undefined || state.Result === 'success' ? '' : ` (${state.Result})`}`
    return failed(`${unit} is ${why}`, `systemctl restart ${unit}`)
  },
}

export const restarts: Check = {
  id: 'service-restarts',
  category: 'service',
  title: 'the service does not keep restarting',
  dependsOn: ['service-running'],
  async run(facts) {
    const state = await unitState(facts)
    if (state?.LoadState !== 'loaded') return skipped('not a systemd service')
    const count = Number(state.NRestarts ?? 0)
    if (count === 0) return ok(`since ${state.ActiveEnterTimestamp || 'its start'}`)
    return warning(
      `${count} restarts, the last one after: ${state.Result ?? 'unknown'} (exit code ${state.ExecMainStatus ?? '?'})`,
      `journalctl -u ${unit} -n 100 --no-pager`,
    )
  },
}

export const version: Check = {
  id: 'service-version',
  category: 'service',
  title: 'the installed version is this one',
  dependsOn: ['service-installed'],
  async run(facts) {
    const installation = await facts.installation()
    if (installation === undefined) return skipped(notInstalled)
    const ours = facts.options.version
    if (installation.version === ours) return ok(ours)
    return warning(`${escapeText(installation.version)} is installed, this is ${ours}`, 'emf-pxe upgrade')
  },
}

export const drift: Check = {
  id: 'service-drift',
  category: 'service',
  title: 'installed files are as they were installed',
  dependsOn: ['service-installed'],
  async run(facts) {
    const installation = await facts.installation()
    if (installation === undefined) return skipped(notInstalled)
    const changed: string[] = []
    const gone: string[] = []
    for (const entry of installation.done) {
      if (entry.kind !== 'file' || entry.path === facts.options.configFile) continue
      const sha256 = await hashOf(entry.path)
      if (sha256 === undefined) gone.push(entry.path)
      else if (sha256 !== entry.sha256) changed.push(entry.path)
    }
    if (gone.length > 0) return failed(`gone: ${gone.join(', ')}`, 'emf-pxe init')
    if (changed.length > 0) return warning(`changed since: ${changed.join(', ')}`, 'emf-pxe init --dry-run')
    return ok(`${installation.done.length} steps`)
  },
}

async function hashOf(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(() => undefined)
  return bytes === undefined ? undefined : createHash('sha256').update(bytes).digest('hex')
}

const properties = [
  'LoadState',
  'ActiveState',
  'Result',
  'NRestarts',
  'ExecMainStatus',
  'ActiveEnterTimestamp',
]

/** What systemd says of the unit; undefined without systemd. */
async function unitState(facts: Facts): Promise<Partial<Record<string, string>> | undefined> {
  const shown = await facts.run('systemctl', ['show', unit, `--property=${properties.join()}`])
  if (shown.kind !== 'ok') return undefined
  return Object.fromEntries(
    shown.stdout
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), escapeText(line.slice(line.indexOf('=') + 1))]),
  )
}
