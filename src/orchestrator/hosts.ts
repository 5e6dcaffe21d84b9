import { setTimeout as delay } from 'node:timers/promises'
import { type ApiAccess, apiGet, apiPost, withProjectHint } from './api.ts'
import type { HttpResponse } from './http.ts'
import { discard, messageOf, readJson, readText, retryAfterMs, statusFailure } from './response.ts'

/** What the orchestrator is told of one host. At least one of serial and uuid is there. */
export interface HostRegistration {
  /** At most 20 characters. */
  readonly name: string
  readonly serial: string | undefined
  readonly uuid: string | undefined
  /** Onboard at first boot, without asking for a user name at the node's console. */
  readonly autoOnboard: boolean
}

/** What the orchestrator said. */
export type RegistrationOutcome =
  | { readonly kind: 'registered'; readonly resourceId: string | undefined }
  | { readonly kind: 'alreadyRegistered'; readonly resourceId: string | undefined }
  /** Another host has this serial number or this UUID. */
  | { readonly kind: 'conflict'; readonly message: string }
  | { readonly kind: 'rejected'; readonly message: string }

export interface RegisterOptions {
  /** Waits between tries when the orchestrator asks for it. */
  readonly wait?: (ms: number) => Promise<unknown>
  readonly nowMs?: () => number
  /** Tries per host when the orchestrator limits the rate or fails; default 4. */
  readonly tries?: number
}

const longestWaitMs = 60_000

/**
 * Registers one host with a project of the orchestrator. Safe to repeat: a host that is registered with
 * the same serial number and UUID is reported as such; one that shares only one of them is a conflict.
 * @throws EmfPxeError HTTP_UNAUTHORIZED, HTTP_FORBIDDEN and network failures: what would fail for every host
 */
export async function registerHost(
  access: ApiAccess,
  project: string,
  host: HostRegistration,
  options: RegisterOptions = {},
): Promise<RegistrationOutcome> {
  const path = `/v1/projects/${encodeURIComponent(project)}/compute/hosts`
  const response = await patiently(() => apiPost(access, `${path}/register`, registrationBody(host)), options)
  if (response.status === 200 || response.status === 201)
    return { kind: 'registered', resourceId: await resourceIdOf(response) }
  if (response.status === 401 || response.status === 403 || response.status === 404 || response.status >= 429)
    throw withProjectHint(await statusFailure(response), project, 'Host-Manager-Group')
  const said = await readText(response)
  if (!saysTaken(response.status, said)) return { kind: 'rejected', message: messageOf(said) }
  return isSameHost(access, path, host)
}

function registrationBody(host: HostRegistration): Record<string, unknown> {
  return {
    name: host.name,
    autoOnboard: host.autoOnboard,
    ...(host.serial === undefined ? {} : { serialNumber: host.serial }),
    ...(host.uuid === undefined ? {} : { uuid: host.uuid }),
  }
}

/** 409 or 412 in older releases, a gRPC status by name in newer ones. */
function saysTaken(status: number, body: string): boolean {
  return (
    status === 409 || status === 412 || /"code"\s*:\s*"?(FailedPrecondition|AlreadyExists|9\b|6\b)/.test(body)
  )
}

/** The orchestrator says only that something is taken; by whom is in its list of hosts. */
async function isSameHost(
  access: ApiAccess,
  path: string,
  host: HostRegistration,
): Promise<RegistrationOutcome> {
  const terms = [
    ...(host.serial === undefined ? [] : [`serialNumber='${host.serial}'`]),
    ...(host.uuid === undefined ? [] : [`uuid='${host.uuid}'`]),
  ]
  const response = await apiGet(access, `${path}?filter=${encodeURIComponent(terms.join(' AND '))}`)
  if (response.status !== 200) throw await statusFailure(response)
  const answer = await readJson(response)
  const hosts = typeof answer === 'object' && answer !== null && 'hosts' in answer ? answer.hosts : []
  if (Array.isArray(hosts) && hosts.length > 0)
    return { kind: 'alreadyRegistered', resourceId: resourceIdIn(hosts[0]) }
  return { kind: 'conflict', message: 'another host has this serial number or this UUID' }
}

/** Honours 429 and 5xx with Retry-After, doubling from one second without it. */
async function patiently(send: () => Promise<HttpResponse>, options: RegisterOptions): Promise<HttpResponse> {
  const wait = options.wait ?? delay
  const nowMs = options.nowMs ?? Date.now
  const tries = options.tries ?? 4
  for (let attempt = 1; ; attempt += 1) {
    const response = await send()
    const isTemporary = response.status === 429 || response.status >= 500
    if (!isTemporary || attempt >= tries) return response
    discard(response)
    const asked = retryAfterMs(response.headers, nowMs()) ?? 1000 * 2 ** (attempt - 1)
    await wait(Math.min(asked, longestWaitMs))
  }
}

async function resourceIdOf(response: HttpResponse): Promise<string | undefined> {
  return resourceIdIn(await readJson(response))
}

function resourceIdIn(value: unknown): string | undefined {
  const found =
    typeof value === 'object' && value !== null && 'resourceId' in value ? value.resourceId : undefined
  return typeof found === 'string' ? found : undefined
}
