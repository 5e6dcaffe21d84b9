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
import type { ApiAccess } from '../orchestrator/api.ts'
import { readAuthorities } from '../orchestrator/authorities.ts'
import { registerHost } from '../orchestrator/hosts.ts'
import { createHttpClient } from '../orchestrator/http.ts'
import { listProjects } from '../orchestrator/info.ts'
import { decodeToken, requireAlive } from '../orchestrator/token.ts'
import type { TrustOptions } from '../orchestrator/trust.ts'
import type { Environment, InputStream } from '../ui/streams.ts'
import { escapeText } from '../ui/text.ts'
import { mark } from '../ui/theme.ts'
import type { Ui } from '../ui/ui.ts'
import { plural } from '../ui/units.ts'
import { untilItWorks } from './ask-again.ts'
import { askForToken, givenToken } from './obtain-token.ts'
import { showPlannedHosts, showResult } from './show-registration.ts'

export interface RegisterFlags {
  readonly project: string | undefined
  readonly tokenFile: string | undefined
  readonly autoOnboard: boolean
  readonly dryRun: boolean
}

export interface RegisterSurroundings {
  readonly ui: Ui
  readonly abort: AbortSignal
  readonly environment: Environment
  readonly stdin: InputStream
  readonly network: TrustOptions
  readonly nowMs: () => number
}

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

async function openApi(
  { fqdn, caFile, tokenFile }: Config['orchestrator'],
  flags: RegisterFlags,
  around: RegisterSurroundings,
): Promise<ApiAccess> {
  if (fqdn === undefined)
    throw new EmfPxeError('CONFIG_INVALID', {
      message: 'The configuration names no orchestrator to register with.',
      hint: 'Set orchestrator.fqdn',
    })
  const extraAuthorities = caFile === undefined ? [] : await readAuthorities(caFile)
  const client = createHttpClient({ ...around.network, trust: { extraAuthorities }, signal: around.abort })
  const parts = { ...around, services: client, fqdn }
  const question = { message: 'Token for the orchestrator’s API?', maySkip: false }
  const token =
    (await givenToken(flags.tokenFile, around)) ??
    (await givenToken(tokenFile, around)) ??
    (await untilItWorks(around.ui, around.abort, () => askForToken(question, parts)))
  if (token === undefined) throw new EmfPxeError('TOKEN_MISSING', { message: 'no token was given' })
  requireAlive(decodeToken(token), around.nowMs())
  return { client, fqdn, token, signal: around.abort }
}

/** The only project there is, or the one that a person chooses. */
async function chooseProject(access: ApiAccess, { ui }: RegisterSurroundings): Promise<string> {
  const names = (await listProjects(access)).map(({ name }) => name)
  const [only] = names
  if (names.length === 1 && only !== undefined) return only
  return await ui.prompts.select({
    message: 'Which project?',
    flag: `--project NAME${names.length === 0 ? '' : ` (one of ${names.map(escapeText).join(', ')})`}`,
    choices: names.map((name) => ({ value: name, name: escapeText(name) })),
  })
}
