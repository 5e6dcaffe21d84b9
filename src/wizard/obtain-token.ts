import type { HttpClient } from '../orchestrator/http.ts'
import { Secret } from '../orchestrator/secret.ts'
import { signIn } from '../orchestrator/sign-in.ts'
import { decodeToken, type TokenFacts } from '../orchestrator/token.ts'
import { readToken, tokenSourceFrom } from '../orchestrator/token-source.ts'
import type { Environment, InputStream } from '../ui/streams.ts'
import { escapeText } from '../ui/text.ts'
import type { Ui } from '../ui/ui.ts'
import { formatTime } from '../ui/units.ts'

export interface TokenParts {
  readonly ui: Ui
  readonly environment: Environment
  readonly stdin: InputStream
  /** Trusts the orchestrator's root domain, where Keycloak is. */
  readonly services: HttpClient
  readonly fqdn: string
}

/** From `--token-file`, stdin or EMF_PXE_TOKEN; undefined when none of them has one. @throws EmfPxeError TOKEN_… */
export async function givenToken(
  tokenFile: string | undefined,
  { environment, stdin, ui }: Pick<TokenParts, 'environment' | 'stdin' | 'ui'>,
): Promise<Secret | undefined> {
  const source = tokenSourceFrom(tokenFile, environment, stdin as AsyncIterable<Uint8Array | string>)
  if (source === undefined) return undefined
  const { token, warnings } = await readToken(source)
  for (const warning of warnings) ui.warn(warning)
  return token
}

export type TokenWay = 'skip' | 'paste' | 'signIn' | 'file'

/** Asks a person for a token, or for the account to get one with. @throws EmfPxeError TOKEN_…, LOGIN_REJECTED, … */
export async function askForToken(
  question: { readonly message: string; readonly maySkip: boolean },
  parts: TokenParts,
): Promise<Secret | undefined> {
  const { prompts } = parts.ui
  const way = await prompts.select<TokenWay>({
    message: question.message,
    flag: '--token-file FILE, --token-file - or EMF_PXE_TOKEN',
    choices: [
      ...(question.maySkip ? [{ value: 'skip' as const, name: 'Go on without one' }] : []),
      { value: 'signIn', name: 'Sign in with user name and password' },
      { value: 'paste', name: 'Paste a token (it is not shown)' },
      { value: 'file', name: 'Read it from a file' },
    ],
  })
  if (way === 'skip') return undefined
  if (way === 'signIn') return await askForAccount(parts)
  if (way === 'paste') {
    const answer = await prompts.password({ message: 'Token:', flag: '--token-file FILE' })
    return (await readToken({ kind: 'prompt', answer })).token
  }
  const path = await prompts.input({ message: 'File with the token:', flag: '--token-file FILE' })
  return await givenToken(path, parts)
}

async function askForAccount({ ui, services, fqdn }: TokenParts): Promise<Secret> {
  const user = await ui.prompts.input({ message: 'User name:', flag: '--token-file FILE' })
  const password = await ui.prompts.password({ message: 'Password:', flag: '--token-file FILE' })
  const spinner = await ui.spinner(`Signing in at keycloak.${fqdn}`)
  try {
    const token = await signIn(services, fqdn, user, new Secret(password))
    spinner.succeed(`Signed in at keycloak.${fqdn}`)
    return token
  } catch (error) {
    spinner.stop()
    throw error
  }
}

/** `demo; 1 project; valid until …`: what a token says of itself. */
export function describeToken(
  token: Secret,
  nowMs: number,
): { readonly text: string; readonly isExpired: boolean } {
  const facts: TokenFacts = decodeToken(token)
  const { user, projects, expiresAtMs } = facts
  const isExpired = expiresAtMs !== undefined && expiresAtMs <= nowMs
  const until =
    expiresAtMs === undefined
      ? 'without end'
      : `${isExpired ? 'expired' : 'valid until'} ${formatTime(expiresAtMs)}`
  const groups = projects.length === 0 ? 'no project' : `projects ${projects.map(escapeText).join(', ')}`
  return { text: `Token of ${escapeText(user ?? 'nobody named')}: ${until}; ${groups}`, isExpired }
}
