import { type ApiAccess, apiGet } from './api.ts'
import { discard, expectStatus, readJson } from './response.ts'

export interface OrchestratorInfo {
  readonly version: string | undefined
  /** Dotted names, such as `edge-infrastructure-manager.onboarding`, and whether they are installed. */
  readonly features: ReadonlyMap<string, boolean>
}

/**
 * The orchestrator's version and features; undefined before release 2026.0, which has no such resource.
 * @throws EmfPxeError HTTP_…, RESPONSE_UNREADABLE, and what keeps the orchestrator from being reached
 */
export async function orchestratorInfo(access: ApiAccess): Promise<OrchestratorInfo | undefined> {
  const response = await expectStatus(await apiGet(access, '/v1/orchestrator'), 200, 404)
  if (response.status === 404) {
    discard(response)
    return undefined
  }
  const { orchestrator } = record(await readJson(response))
  const { version, features } = record(orchestrator)
  return {
    version: typeof version === 'string' ? version : undefined,
    features: new Map(flatten(record(features), '')),
  }
}

export interface Project {
  /** What addresses of the API want. */
  readonly name: string
  /** What groups and tokens say. */
  readonly id: string | undefined
}

/** The projects that this user may see. @throws EmfPxeError HTTP_…, and what keeps the orchestrator from being reached */
export async function listProjects(access: ApiAccess): Promise<Project[]> {
  const answer = await readJson(await expectStatus(await apiGet(access, '/v1/projects'), 200))
  return (Array.isArray(answer) ? answer : []).flatMap((entry: unknown) => {
    const { name, status } = record(entry)
    const { uID: id } = record(record(status).projectStatus)
    return typeof name === 'string' ? [{ name, id: typeof id === 'string' ? id : undefined }] : []
  })
}

/** Features nest to any depth; each may say whether it is installed. */
function flatten(features: Record<string, unknown>, prefix: string, depth = 0): [string, boolean][] {
  if (depth > 8) return []
  return Object.entries(features).flatMap(([name, value]) => {
    const path = `${prefix}${name}`
    const { installed, ...nested } = record(value)
    const own: [string, boolean][] = typeof installed === 'boolean' ? [[path, installed]] : []
    return [...own, ...flatten(nested, `${path}.`, depth + 1)]
  })
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
