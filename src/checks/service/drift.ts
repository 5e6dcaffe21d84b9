import { existsSync } from 'node:fs'
import { sha256OfFile } from '../../artifact/sha256.ts'
import { containerName, imageName } from '../../deploy/render/compose.ts'
import { type Check, type CheckResult, failed, ok, skipped, warning, worstOf } from '../check.ts'
import type { Facts } from '../facts.ts'
import type { Installation } from './installation.ts'
import { containerState, unit, unitState } from './managers.ts'
import { notInstalled } from './service.ts'

export const drift: Check = {
  id: 'service-drift',
  category: 'service',
  title: 'what was installed is as it was installed',
  dependsOn: ['service-installed'],
  async run(facts) {
    const installation = await facts.installation()
    if (installation === undefined) return skipped(notInstalled)
    const manager =
      installation.target === 'docker'
        ? await ofTheContainer(facts, installation)
        : await ofTheUnit(facts, installation)
    return worstOf([await ofFiles(facts, installation), manager])
  },
}

async function ofFiles(facts: Facts, { done }: Installation): Promise<CheckResult> {
  const changed: string[] = []
  const gone: string[] = []
  for (const entry of done) {
    if (entry.kind !== 'file' || entry.path === facts.options.configFile) continue
    const sha256 = await sha256OfFile(entry.path)
    // A file with a secret is root's to read: for others it is there, and that is all.
    if (sha256 === undefined && !existsSync(entry.path)) gone.push(entry.path)
    else if (sha256 !== undefined && sha256 !== entry.sha256) changed.push(entry.path)
  }
  if (gone.length > 0) return failed(`gone: ${gone.join(', ')}`, 'emf-pxe init')
  if (changed.length > 0)
    return warning(
      `changed since: ${changed.join(', ')}`,
      'emf-pxe init --dry-run --diff   # shows how; without --dry-run it is put right',
    )
  const files = done.filter(({ kind }) => kind === 'file').length
  return ok(`${files} ${files === 1 ? 'file' : 'files'}`)
}

/** What no hash of a file shows: a unit from elsewhere, and one that systemd has not read again. */
async function ofTheUnit(facts: Facts, { done, target }: Installation): Promise<CheckResult> {
  const state = target === 'systemd' ? await unitState(facts) : undefined
  const installed = done.find((entry) => entry.kind === 'file' && entry.path.endsWith(`/${unit}`))
  if (state?.LoadState !== 'loaded' || installed?.kind !== 'file') return ok(target)
  if (state.NeedDaemonReload === 'yes')
    return warning(
      `systemd has not read ${unit} since it was changed`,
      `systemctl daemon-reload && systemctl restart ${unit}`,
    )
  if (state.FragmentPath !== installed.path)
    return warning(
      `systemd uses ${state.FragmentPath}, installed was ${installed.path}`,
      `systemctl cat ${unit}`,
    )
  return ok(state.DropInPaths ? `with your own ${state.DropInPaths}` : unit)
}

async function ofTheContainer(facts: Facts, { version }: Installation): Promise<CheckResult> {
  const state = await containerState(facts)
  if (state === undefined)
    return failed(`there is no container ${containerName}, or Docker does not answer`, 'emf-pxe init')
  if (state.network !== 'host')
    return failed(
      `the container ${containerName} is on network ${state.network}, wanted host: it hears no broadcasts`,
      `docker rm --force ${containerName} && emf-pxe init`,
    )
  if (state.image !== imageName(version))
    return warning(
      `the container ${containerName} runs ${state.image}, installed was ${imageName(version)}`,
      `docker rm --force ${containerName} && emf-pxe init`,
    )
  return ok(`container ${containerName}, ${state.image}`)
}
