import type { ErrorCode } from '../errors/catalog.ts'
import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import type { HttpClient, HttpResponse } from './http.ts'
import type { Secret } from './secret.ts'
import { apiUrl } from './urls.ts'

/** Everything a call to `https://api.<FQDN>` needs. */
export interface ApiAccess {
  readonly client: HttpClient
  readonly fqdn: string
  readonly token: Secret
  readonly signal?: AbortSignal
}

export function apiGet(access: ApiAccess, path: string): Promise<HttpResponse> {
  return access.client.get(apiUrl(access.fqdn, path), requestOptions(access))
}

export function apiPost(access: ApiAccess, path: string, body: unknown): Promise<HttpResponse> {
  const content = { type: 'application/json', content: JSON.stringify(body) }
  return access.client.post(apiUrl(access.fqdn, path), content, requestOptions(access))
}

function requestOptions({ token, signal }: ApiAccess) {
  const headers = { authorization: `Bearer ${token.reveal()}`, accept: 'application/json' }
  return signal === undefined ? { headers } : { headers, signal }
}

/** A refusal with the hint that fits a project's resource: the group that is missing, or the project's name. */
export function withProjectHint(error: EmfPxeError, project: string, group: string): EmfPxeError {
  const hints: Partial<Record<ErrorCode, string>> = {
    HTTP_FORBIDDEN: `Ask the orchestrator’s administrator to put this user into the ${group} of the project “${escapeText(project)}”.`,
    HTTP_NOT_FOUND: `Check the project’s name, “${escapeText(project)}”, and that this orchestrator has the service.`,
  }
  const hint = hints[error.code]
  return hint === undefined
    ? error
    : new EmfPxeError(error.code, { message: error.message, hint, cause: error })
}
