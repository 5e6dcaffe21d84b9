import { containerName } from '../../deploy/render/compose.ts'
import { escapeText } from '../../ui/text.ts'
import { type Check, type CheckResult, consequenceOf, failed, ok, skipped, warning } from '../check.ts'
import { takenPort } from '../host/ports.ts'
import { type ContainerState, containerState, unit, unitState } from './managers.ts'
import { isHidden, runningService } from './running.ts'

export const notInstalled = 'not installed by emf-pxe init'

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
      const root = await takenPort(facts)
      if (root !== undefined) return consequenceOf(root)
      return process.getuid?.() === 0
        ? failed(`${unit} is active, and yet holds no port`, `journalctl -u ${unit} -n 50 --no-pager`)
        : ok(`${unit} is active`)
    }
    if (state === undefined && (await isHidden(facts)))
      return skipped('needs root: somebody holds a port of ours, and nothing tells who')
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
    const container = await containerState(facts)
    if (container !== undefined) return restartsOfContainer(container)
    const state = await unitState(facts)
    if (state?.LoadState !== 'loaded') return skipped('neither a systemd service nor a container')
    const count = Number(state.NRestarts ?? 0)
    if (count === 0) return ok(`since ${state.ActiveEnterTimestamp || 'its start'}`)
    return warning(
      `${count} restarts, the last one after: ${state.Result ?? 'unknown'} (exit code ${state.ExecMainStatus ?? '?'})`,
      `journalctl -u ${unit} -n 100 --no-pager`,
    )
  },
}

function restartsOfContainer({ restarts: count, startedAt, exitCode, error }: ContainerState): CheckResult {
  if (count === 0) return ok(`since ${startedAt}`)
  return warning(
    `${count} restarts, the last one after exit code ${exitCode}${error === '' ? '' : `: ${error}`}`,
    `docker logs --tail 100 ${containerName}`,
  )
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
