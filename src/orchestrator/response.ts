import type { ErrorCode } from '../errors/catalog.ts'
import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import type { HttpResponse } from './http.ts'

const maxTextBytes = 1 << 20

/**
 * Lets an answer through when its status is one of `wanted`, otherwise closes it and throws what the
 * status means. What the server said in its body is in the message, shortened.
 * @throws EmfPxeError HTTP_…
 */
export async function expectStatus(
  response: HttpResponse,
  ...wanted: readonly number[]
): Promise<HttpResponse> {
  if (wanted.includes(response.status)) return response
  throw await statusFailure(response)
}

/** The error for a status that was not wanted. Reads a little of the body. */
export async function statusFailure(response: HttpResponse): Promise<EmfPxeError> {
  const { status, url } = response
  const address = escapeText(withoutUserInfo(url))
  if (status >= 300 && status < 400) return redirected(response, address)
  const said = await serverMessage(response)
  const wait = status === 429 || status === 503 ? waitSentence(response) : ''
  return new EmfPxeError(statusCode(status), {
    message: `${address}: it answered ${status}${statusNames[status] ?? ''}${said}${wait}`,
  })
}

function statusCode(status: number): ErrorCode {
  if (status === 401) return 'HTTP_UNAUTHORIZED'
  if (status === 403) return 'HTTP_FORBIDDEN'
  if (status === 404 || status === 410) return 'HTTP_NOT_FOUND'
  if (status === 429) return 'HTTP_RATE_LIMITED'
  return status >= 500 ? 'HTTP_SERVER_ERROR' : 'HTTP_UNEXPECTED_STATUS'
}

const statusNames: Readonly<Record<number, string>> = {
  400: ' (bad request)',
  401: ' (not signed in)',
  403: ' (not allowed)',
  404: ' (no such file)',
  409: ' (conflict)',
  422: ' (not acceptable)',
  429: ' (too many requests)',
  500: ' (failure inside)',
  502: ' (bad gateway)',
  503: ' (not available now)',
  504: ' (gateway timeout)',
}

function redirected(response: HttpResponse, address: string): EmfPxeError {
  const location = response.headers.location ?? 'nowhere'
  // A place on the same server takes over the user and password of the address that was asked.
  const target = withoutUserInfo(URL.parse(location, response.url)?.href ?? location)
  discard(response)
  const isLogin = /login|signin|sign-in|auth|realms|sso|saml|portal|captive/i.test(target)
  return new EmfPxeError(isLogin ? 'LOGIN_PAGE' : 'HTTP_REDIRECTED', {
    message: `${address}: it answered ${response.status} and points to ${escapeText(target)}${
      isLogin ? ', which looks like a login page' : ''
    }`,
  })
}

/** Refuses a web page where a file was wanted. @throws EmfPxeError LOGIN_PAGE */
export function refuseWebPage(response: HttpResponse): HttpResponse {
  const type = response.headers['content-type'] ?? ''
  if (!/^\s*(text\/html|application\/xhtml)/i.test(type)) return response
  discard(response)
  throw new EmfPxeError('LOGIN_PAGE', {
    message: `${escapeText(withoutUserInfo(response.url))}: a web page came (${escapeText(type)}), wanted a file`,
  })
}

/** Closes the connection without reading the rest of the body. */
export function discard(response: HttpResponse): void {
  void response.body[Symbol.asyncIterator]().return?.()
}

/** A whole small body as text. @throws EmfPxeError RESPONSE_TOO_LARGE beyond `maxBytes` */
export async function readText(response: HttpResponse, maxBytes = maxTextBytes): Promise<string> {
  return (await readBytes(response, maxBytes)).toString('utf8')
}

/** A whole small body. @throws EmfPxeError RESPONSE_TOO_LARGE beyond `maxBytes` */
export async function readBytes(response: HttpResponse, maxBytes = maxTextBytes): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  for await (const part of response.body) {
    sizeBytes += part.length
    if (sizeBytes > maxBytes)
      throw new EmfPxeError('RESPONSE_TOO_LARGE', {
        message: `${escapeText(withoutUserInfo(response.url))}: more than ${maxBytes} bytes came`,
      })
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** A JSON body. @throws EmfPxeError RESPONSE_UNREADABLE when it is something else */
export async function readJson(response: HttpResponse): Promise<unknown> {
  const text = await readText(refuseWebPage(response))
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new EmfPxeError('RESPONSE_UNREADABLE', {
      message: `${escapeText(withoutUserInfo(response.url))}: wanted JSON, got “${excerpt(text)}”`,
      cause,
    })
  }
}

/** Milliseconds that Retry-After asks for: seconds or a date (RFC 9110 §10.2.3); undefined without one. */
export function retryAfterMs(headers: HttpResponse['headers'], nowMs: number): number | undefined {
  const value = headers['retry-after']?.trim()
  if (value === undefined || value === '') return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}

/** How far this clock is ahead of the server's Date header, milliseconds; the header has whole seconds. */
export function clockAheadMs(headers: HttpResponse['headers'], nowMs: number): number | undefined {
  const theirs = Date.parse(headers.date ?? '')
  return Number.isNaN(theirs) ? undefined : nowMs - theirs
}

function waitSentence(response: HttpResponse): string {
  const value = response.headers['retry-after']
  return value === undefined
    ? ''
    : `; it asks to wait: ${escapeText(value)}${/^\d+$/.test(value) ? ' s' : ''}`
}

/** gRPC gateways say `{"message": …}`, Keycloak `{"error_description": …}`; anything else is quoted. */
async function serverMessage(response: HttpResponse): Promise<string> {
  const text = await readText(response, 64 * 1024).catch(() => '')
  if (text.trim() === '' || /^\s*<(!doctype|html)/i.test(text)) return ''
  return `: ${messageOf(text)}`
}

/** What a JSON error body says in words, or the beginning of any other body. */
export function messageOf(text: string): string {
  try {
    const { message, detail, error_description, error } = JSON.parse(text)
    const said = [message, detail, error_description, error].find((field) => typeof field === 'string')
    return said === undefined ? excerpt(text) : excerpt(said)
  } catch {
    return excerpt(text)
  }
}

function excerpt(text: string, length = 200): string {
  const line = escapeText(text.trim().replaceAll(/\s+/g, ' '))
  return line.length > length ? `${line.slice(0, length)}…` : line
}

function withoutUserInfo(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//')
}
