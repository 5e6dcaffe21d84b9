import type { Config } from '../config/schema.ts'
import { EmfPxeError } from '../errors/error.ts'
import type { Machine } from '../nodes/machines.ts'
import {
  planRegistration,
  type RegistrationPlan,
  type RegistrationResult,
  type RegistrationSummary,
  runRegistration,
} from '../nodes/registration.ts'
import { registerHost } from '../orchestrator/hosts.ts'
import { mark } from '../ui/theme.ts'
import { plural } from '../ui/units.ts'
import { type ApiSurroundings, chooseProject, openApi } from './open-api.ts'
import { showPlannedHosts, showResult } from './show-registration.ts'

export interface RegisterFlags {
  readonly project: string | undefined
  readonly tokenFile: string | undefined
  readonly autoOnboard: boolean
  readonly dryRun: boolean
}

export type RegisterSurroundings = ApiSurroundings

export interface RegistrationReport {
  readonly project: string | undefined
  readonly plan: RegistrationPlan
  readonly results: readonly RegistrationResult[]
  /** Undefined after a dry run. */
  readonly summary: RegistrationSummary | undefined
}

/**
 * Registers machines with the orchestrator: shows who would be, asks, sends one after the other and
 * tells each. Safe to repeat. @throws EmfPxeError ANSWER_MISSING, TOKEN_…, HTTP_…, ABORTED
 */
export async function registerNodes(
  machines: readonly Machine[],
  orchestrator: Config['orchestrator'],
  flags: RegisterFlags,
  around: RegisterSurroundings,
): Promise<RegistrationReport> {
  const { ui } = around
  const plan = planRegistration(machines, { autoOnboard: flags.autoOnboard })
  ui.note(showPlannedHosts(plan, ui))
  const nothing = { project: flags.project, plan, results: [], summary: undefined }
  if (flags.dryRun || plan.rows.length === 0) return nothing
  const access = await openApi(orchestrator, flags, around)
  const project = flags.project ?? (await chooseProject(access, around))
  const message = `Register ${plural(plan.rows.length, 'machine')} with project ${project}?`
  if (!(await ui.prompts.confirm({ message, flag: '--yes' })))
    throw new EmfPxeError('ABORTED', { message: 'Nothing was registered.' })
  const results: RegistrationResult[] = []
  const summary = await runRegistration(
    plan,
    (host) => registerHost(access, project, host),
    (result) => {
      results.push(result)
      ui.note(`${mark(ui.sideTheme, isWell(result) ? 'ok' : 'failure')} ${showResult(result)}`)
    },
  )
  return { project, plan, results, summary }
}

function isWell({ outcome }: RegistrationResult): boolean {
  return outcome.kind === 'registered' || outcome.kind === 'alreadyRegistered'
}
