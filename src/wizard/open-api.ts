import type { Config } from '../config/schema.ts'
import { EmfPxeError } from '../errors/error.ts'
import type { ApiAccess } from '../orchestrator/api.ts'
import { readAuthorities } from '../orchestrator/authorities.ts'
import { createHttpClient } from '../orchestrator/http.ts'
import { listProjects } from '../orchestrator/info.ts'
import { through } from '../orchestrator/proxy.ts'
import type { Secret } from '../orchestrator/secret.ts'
import { decodeToken, requireAlive } from '../orchestrator/token.ts'
import type { TrustOptions } from '../orchestrator/trust.ts'
import type { Environment, InputStream } from '../ui/streams.ts'
import { escapeText } from '../ui/text.ts'
import type { Ui } from '../ui/ui.ts'
import { untilItWorks } from './ask-again.ts'
import { askForToken, givenToken } from './obtain-token.ts'

/** What commands need that speak to the orchestrator's API. */
export interface ApiSurroundings {
  readonly ui: Ui
  readonly abort: AbortSignal
  readonly environment: Environment
  readonly stdin: InputStream
  readonly network: TrustOptions
  readonly nowMs: () => number
}

/**
 * The API with a token that is alive: from the flag, the configuration or the environment, else a
 * person is asked to sign in. @throws EmfPxeError CONFIG_INVALID, ANSWER_MISSING, TOKEN_…
 */
export async function openApi(
  { fqdn, caFile, tokenFile, proxy }: Config['orchestrator'],
  given: { readonly tokenFile?: string | undefined; readonly token?: Secret | undefined },
  around: ApiSurroundings,
): Promise<ApiAccess> {
  if (fqdn === undefined)
    throw new EmfPxeError('CONFIG_INVALID', {
      message: 'The configuration names no orchestrator, so there is no API to speak to.',
      hint: 'Set orchestrator.fqdn',
    })
  const extraAuthorities = caFile === undefined ? [] : await readAuthorities(caFile)
  const client = createHttpClient({
    ...{ ...around.network, ...through(proxy) },
    ...{ trust: { extraAuthorities }, signal: around.abort },
  })
  const parts = { ...around, services: client, fqdn }
  const question = { message: 'Token for the orchestrator’s API?', maySkip: false }
  const token =
    given.token ??
    (await givenToken(given.tokenFile, around)) ??
    (await givenToken(tokenFile, around)) ??
    (await untilItWorks(around.ui, around.abort, () => askForToken(question, parts)))
  if (token === undefined) throw new EmfPxeError('TOKEN_MISSING', { message: 'no token was given' })
  requireAlive(decodeToken(token), around.nowMs())
  return { client, fqdn, token, signal: around.abort }
}

/** The only project there is, or the one that a person chooses. */
export async function chooseProject(access: ApiAccess, { ui }: Pick<ApiSurroundings, 'ui'>): Promise<string> {
  const names = (await listProjects(access)).map(({ name }) => name)
  const [only] = names
  if (names.length === 1 && only !== undefined) return only
  return await ui.prompts.select({
    message: 'Which project?',
    flag: `--project NAME${names.length === 0 ? '' : ` (one of ${names.map(escapeText).join(', ')})`}`,
    choices: names.map((name) => ({ value: name, name: escapeText(name) })),
  })
}
