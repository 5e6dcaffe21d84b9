import { createHmac, randomBytes } from 'node:crypto'

export interface TokenRequest {
  readonly user: string
  readonly projectId: string
  readonly groups?: readonly string[]
  readonly lifetimeSeconds?: number
}

/** Keycloak in miniature: issues access tokens and knows its own again. */
export class TokenDesk {
  readonly #key = randomBytes(32)
  readonly #issuer: string
  readonly #now: () => number

  constructor(issuer: string, now: () => number) {
    this.#issuer = issuer
    this.#now = now
  }

  issue(request: TokenRequest): string {
    const issuedAt = Math.floor(this.#now() / 1000)
    const claims = {
      exp: issuedAt + (request.lifetimeSeconds ?? 3600),
      iat: issuedAt,
      iss: this.#issuer,
      azp: 'system-client',
      preferred_username: request.user,
      groups: request.groups ?? [
        `${request.projectId}_Host-Manager-Group`,
        `${request.projectId}_Edge-Manager-Group`,
      ],
      realm_access: { roles: ['default-roles-master'] },
    }
    const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
    return `${signed}.${createHmac('sha256', this.#key).update(signed).digest('base64url')}`
  }

  /** The groups of a genuine, living token; undefined for any other. */
  groupsOf(authorization: string | undefined): readonly string[] | undefined {
    const [header, payload, signature] = (authorization?.replace(/^Bearer /, '') ?? '').split('.')
    if (header === undefined || payload === undefined || signature === undefined) return undefined
    const wanted = createHmac('sha256', this.#key).update(`${header}.${payload}`).digest('base64url')
    if (signature !== wanted) return undefined
    const claims: { exp: number; groups: string[] } = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return claims.exp * 1000 > this.#now() ? claims.groups : undefined
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
