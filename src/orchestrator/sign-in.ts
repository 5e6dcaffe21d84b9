import { EmfPxeError } from '../errors/error.ts'
import type { HttpClient } from './http.ts'
import { expectStatus, messageOf, readJson, readText } from './response.ts'
import { Secret } from './secret.ts'
import { decodeToken } from './token.ts'
import { tokenUrl } from './urls.ts'

/**
 * Exchanges a user name and password for an access token at the orchestrator's Keycloak (OAuth 2.0
 * password grant, RFC 6749 §4.3). The token lives about an hour; the password is kept nowhere.
 * @throws EmfPxeError LOGIN_REJECTED, HTTP_…, and what keeps Keycloak from being reached
 */
export async function signIn(
  client: HttpClient,
  fqdn: string,
  user: string,
  password: Secret,
): Promise<Secret> {
  const form = new URLSearchParams({
    grant_type: 'password',
    client_id: 'system-client',
    username: user,
    password: password.reveal(),
    scope: 'openid',
  })
  const url = tokenUrl(fqdn)
  const response = await client.post(url, {
    type: 'application/x-www-form-urlencoded',
    content: form.toString(),
  })
  // Keycloak answers 400 for an account that is disabled or must change its password first.
  if (response.status === 401 || response.status === 400)
    throw new EmfPxeError('LOGIN_REJECTED', {
      message: `${url}: it answered ${response.status}: ${messageOf(await readText(response))}`,
    })
  const answer = await readJson(await expectStatus(response, 200))
  if (typeof answer === 'object' && answer !== null && 'access_token' in answer) {
    const token = new Secret(String(answer.access_token))
    decodeToken(token)
    return token
  }
  throw new EmfPxeError('RESPONSE_UNREADABLE', { message: `${url}: no access_token is in the answer` })
}
