import { dirname, join } from 'node:path'
import { makeDirectory } from '../config/make-directory.ts'
import { EmfPxeError } from '../errors/error.ts'
import type { ApiAccess } from '../orchestrator/api.ts'
import { listProjects, orchestratorInfo } from '../orchestrator/info.ts'
import type { OpenedOrchestrator } from '../orchestrator/open.ts'
import type { Secret } from '../orchestrator/secret.ts'
import { storeToken } from '../orchestrator/token-source.ts'
import { escapeText } from '../ui/text.ts'
import { untilItWorks } from './ask-again.ts'
import type { InitFlags } from './flags.ts'
import { askForToken, describeToken, givenToken } from './obtain-token.ts'
import { done, tell, warn } from './say.ts'
import type { InitSurroundings } from './surroundings.ts'

export interface TokenAnswer {
  /** For the configuration; undefined when nothing is to be kept. */
  readonly tokenFile: string | undefined
  /** Writes it down, when that was asked for. */
  readonly store: () => Promise<void>
  /** For the rest of this run; undefined when none was given. */
  readonly token: Secret | undefined
}

const nothing: TokenAnswer = { tokenFile: undefined, store: async () => {}, token: undefined }

/**
 * A token is never needed to serve nodes: it tells more about the orchestrator, and registers nodes
 * later. Kept only when asked for. What the orchestrator says against it is told and passed over.
 * @throws EmfPxeError TOKEN_… for a token that was given and cannot be read
 */
export async function tokenStep(
  flags: InitFlags,
  fqdn: string | undefined,
  { services }: OpenedOrchestrator,
  around: InitSurroundings,
): Promise<TokenAnswer> {
  const token = await tokenFor(flags, fqdn, services, around)
  if (token === undefined) {
    if (flags.storeToken) warn(around.ui, 'No token was given: --store-token has nothing to keep.')
    return nothing
  }
  const { text, isExpired } = describeToken(token, around.nowMs())
  if (isExpired) warn(around.ui, text)
  else done(around.ui, text)
  if (fqdn !== undefined && !isExpired) await tellAbout({ client: services, fqdn, token }, around)
  return (await shallKeep(flags, around)) ? keeping(flags, token) : { ...nothing, token }
}

async function tokenFor(
  flags: InitFlags,
  fqdn: string | undefined,
  services: ApiAccess['client'],
  around: InitSurroundings,
): Promise<Secret | undefined> {
  const given = await givenToken(flags.tokenFile, around)
  const { ui } = around
  if (given !== undefined || fqdn === undefined || flags.yes || !ui.prompts.interactive) return given
  tell(ui, 'A token is not needed to boot nodes. With one, emf-pxe nodes register can register them.')
  const question = { message: 'Token for the orchestrator’s API?', maySkip: true }
  return await untilItWorks(ui, around.abort, () => askForToken(question, { ...around, services, fqdn }))
}

async function tellAbout(access: ApiAccess, { ui, abort }: InitSurroundings): Promise<void> {
  try {
    const info = await orchestratorInfo({ ...access, signal: abort })
    const version =
      info === undefined ? 'older than 2026.0' : escapeText(info.version ?? 'of unknown version')
    const installed = [...(info?.features ?? [])].filter(([, has]) => has).map(([name]) => escapeText(name))
    done(ui, `Orchestrator ${version}${installed.length === 0 ? '' : `, with ${installed.join(', ')}`}`)
    const projects = await listProjects({ ...access, signal: abort })
    if (projects.length > 0)
      done(ui, `Its projects: ${projects.map(({ name }) => escapeText(name)).join(', ')}`)
  } catch (error) {
    abort.throwIfAborted()
    if (!(error instanceof EmfPxeError)) throw error
    warn(ui, `${error.message}. Nodes boot all the same.`)
  }
}

async function shallKeep(flags: InitFlags, { ui }: InitSurroundings): Promise<boolean> {
  if (flags.storeToken || flags.yes || !ui.prompts.interactive) return flags.storeToken
  return await ui.prompts.confirm({
    message: `Keep it in ${tokenPath(flags)}?`,
    flag: '--store-token',
    initial: false,
  })
}

function tokenPath({ configFile }: InitFlags): string {
  return join(dirname(configFile), 'token')
}

function keeping(flags: InitFlags, token: Secret): TokenAnswer {
  const tokenFile = tokenPath(flags)
  const store = async () => {
    makeDirectory(dirname(tokenFile))
    await storeToken(tokenFile, token)
  }
  return { tokenFile, store, token }
}
