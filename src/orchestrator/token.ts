import { EmfPxeError } from '../errors/error.ts'
import { formatAge } from '../ui/units.ts'
import type { Secret } from './secret.ts'

/**
 * What a token says about itself. It is read, not verified: only the orchestrator can do that, and
 * nothing here is decided by it except what to show and whether asking is worth the while.
 */
export interface TokenFacts {
  readonly user: string | undefined
  readonly issuer: string | undefined
  /** Keycloak client that it was made for. */
  readonly client: string | undefined
  /** Ids of the projects that a group or role names, sorted; `listProjects` tells their names. */
  readonly projects: readonly string[]
  readonly groups: readonly string[]
  readonly roles: readonly string[]
  readonly issuedAtMs: number | undefined
  readonly expiresAtMs: number | undefined
}

const maxTokenCharacters = 64 * 1024

/** Reads the claims of a JSON Web Token (RFC 7519) without verifying it. @throws EmfPxeError TOKEN_MALFORMED */
export function decodeToken(token: Secret): TokenFacts {
  const claims = readClaims(token.reveal())
  const groups = strings(claims.groups)
  const roles = strings(asRecord(claims.realm_access).roles)
  return {
    user: [claims.preferred_username, claims.email, claims.sub].find(isText),
    issuer: isText(claims.iss) ? claims.iss : undefined,
    client: isText(claims.azp) ? claims.azp : undefined,
    projects: projectsOf([...groups, ...roles]),
    groups,
    roles,
    issuedAtMs: seconds(claims.iat),
    expiresAtMs: seconds(claims.exp),
  }
}

/** @throws EmfPxeError TOKEN_EXPIRED when its time has passed */
export function requireAlive(facts: TokenFacts, nowMs: number): void {
  if (facts.expiresAtMs === undefined || facts.expiresAtMs > nowMs) return
  throw new EmfPxeError('TOKEN_EXPIRED', {
    message: `the token expired ${formatAge(facts.expiresAtMs, nowMs)} (${new Date(facts.expiresAtMs).toISOString()})`,
  })
}

/** `<project>_Host-Manager-Group` and the like, and Keycloak roles such as `<project>_im-rw`. */
function projectsOf(memberships: readonly string[]): string[] {
  const projects = memberships.flatMap((membership) => {
    const name = membership.replace(/^\//, '')
    const group = name.match(/^(.+)_(?:[A-Z][A-Za-z]*-)+Group$/)?.[1]
    const role = name.match(/^(?:[0-9a-f-]{36}_)?([0-9a-f-]{36})_(?:m|[a-z-]+-(?:rw?|w|ob))$/)?.[1]
    return [group, role].filter((found) => found !== undefined)
  })
  return [...new Set(projects)].sort()
}

function readClaims(token: string): Record<string, unknown> {
  if (token.length > maxTokenCharacters) throw malformed(`it is ${token.length} characters long`)
  const parts = token.split('.')
  const payload = parts[1]
  if (parts.length !== 3 || payload === undefined) throw malformed(`it has ${parts.length} parts, wanted 3`)
  if (!parts.every((part) => /^[\w-]*=*$/.test(part))) throw malformed('it has characters that no token has')
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'))
  if (claims === undefined) throw malformed('its middle part is no JSON object')
  return claims
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? asRecord(value) : undefined
  } catch {
    return undefined
  }
}

/** The token itself is never quoted. */
function malformed(seen: string): EmfPxeError {
  return new EmfPxeError('TOKEN_MALFORMED', { message: `what was given is not a JSON Web Token: ${seen}` })
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(isText) : []
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** The first and the last moment that a `Date` can say, milliseconds since 1970. */
const farthestMs = 8.64e15

function seconds(value: unknown): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  return Math.max(-farthestMs, Math.min(farthestMs, value * 1000))
}
