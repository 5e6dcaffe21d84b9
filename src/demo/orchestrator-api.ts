import { randomBytes, randomUUID } from 'node:crypto'
import type { TokenDesk } from './orchestrator-tokens.ts'

export interface RegisteredHost {
  readonly resourceId: string
  readonly name: string
  readonly serialNumber: string
  readonly uuid: string
  readonly autoOnboard: boolean
}

export interface UploadedFile {
  readonly session: string
  readonly fileName: string
  readonly bytes: Buffer
}

export interface ApiRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly authorization: string | undefined
  readonly body: string
}

export interface ApiAnswer {
  readonly status: number
  readonly body?: unknown
}

export interface ApiSettings {
  readonly release: '2025.2' | '2026.0'
  readonly project: string
  /** Groups and tokens name the project by this, addresses by its name. */
  readonly projectId: string
  readonly account: { readonly user: string; readonly password: string }
}

/** The part of the orchestrator's API that emf-pxe uses, with its habits per release. */
export class OrchestratorApi {
  readonly hosts: RegisteredHost[] = []
  readonly uploads: UploadedFile[] = []
  readonly #settings: ApiSettings
  readonly #desk: TokenDesk

  constructor(settings: ApiSettings, desk: TokenDesk) {
    this.#settings = settings
    this.#desk = desk
  }

  /** `POST https://keycloak.<FQDN>/realms/master/protocol/openid-connect/token`. */
  signIn(request: ApiRequest): ApiAnswer {
    const form = new URLSearchParams(request.body)
    const { user, password } = this.#settings.account
    const isRight = form.get('username') === user && form.get('password') === password
    if (form.get('grant_type') !== 'password' || form.get('client_id') !== 'system-client')
      return { status: 400, body: { error: 'unauthorized_client' } }
    if (!isRight)
      return {
        status: 401,
        body: { error: 'invalid_grant', error_description: 'Invalid user credentials' },
      }
    const token = this.#desk.issue({ user, projectId: this.#settings.projectId })
    return { status: 200, body: { access_token: token, expires_in: 3600, token_type: 'Bearer' } }
  }

  /** Everything under `https://api.<FQDN>`. */
  answer(request: ApiRequest): ApiAnswer {
    const groups = this.#desk.groupsOf(request.authorization)
    if (groups === undefined) return { status: 401, body: { message: 'Jwt is missing or expired' } }
    const { project, projectId } = this.#settings
    const route = `${request.method} ${request.path}`
    if (route === 'GET /v1/orchestrator') return this.#info()
    if (route === 'GET /v1/projects')
      return { status: 200, body: [{ name: project, status: { projectStatus: { uID: projectId } } }] }
    const inHosts = `/v1/projects/${project}/compute/hosts`
    if (request.path.startsWith(inHosts) && !groups.includes(`${projectId}_Host-Manager-Group`))
      return forbidden
    if (route === `POST ${inHosts}/register`) return this.#register(request)
    if (route === `GET ${inHosts}`) return this.#list(request.query.get('filter') ?? '')
    if (route === `POST /v3/projects/${project}/catalog/uploads`)
      return groups.includes(`${projectId}_Edge-Manager-Group`) ? this.#upload(request) : forbidden
    return { status: 404, body: { message: 'not found' } }
  }

  /** Releases before 2026.0 have no such resource. */
  #info(): ApiAnswer {
    if (this.#settings.release === '2025.2') return { status: 404, body: { message: 'not found' } }
    const features = {
      'edge-infrastructure-manager': { installed: true, onboarding: { installed: true } },
      'application-orchestration': { installed: false },
    }
    return {
      status: 200,
      body: { 'schema-version': '1.0', orchestrator: { version: '2026.0.1', features } },
    }
  }

  /** A serial number or UUID that is taken gives 412 in 2025.2 and FailedPrecondition in 2026.0. */
  #register(request: ApiRequest): ApiAnswer {
    const { name, serialNumber = '', uuid = '', autoOnboard = false } = JSON.parse(request.body)
    if (typeof name !== 'string' || name.length > 20) return invalid('invalid HostRegister.Name')
    if (serialNumber === '' && uuid === '') return invalid('serial number or UUID is needed')
    if (serialNumber !== '' && !/^[A-Za-z0-9]{5,20}$/.test(serialNumber))
      return invalid('invalid serial number')
    const taken = this.hosts.some(
      (host) =>
        (serialNumber !== '' && host.serialNumber === serialNumber) || (uuid !== '' && host.uuid === uuid),
    )
    if (taken)
      return this.#settings.release === '2025.2'
        ? { status: 412, body: { message: 'precondition failed' } }
        : { status: 400, body: { code: 'FailedPrecondition', message: 'host already exists' } }
    const resourceId = `host-${randomBytes(4).toString('hex')}`
    this.hosts.push({ resourceId, name, serialNumber, uuid, autoOnboard })
    return { status: this.#settings.release === '2025.2' ? 201 : 200, body: this.hosts.at(-1) }
  }

  /** `serialNumber='SN' AND uuid='U'`: the part of AIP-160 that is used here. */
  #list(filter: string): ApiAnswer {
    const wanted = [...filter.matchAll(/(serialNumber|uuid)='([^']*)'/g)]
    const hosts = this.hosts.filter((host) =>
      wanted.every(([, field, value]) => (field === 'uuid' ? host.uuid : host.serialNumber) === value),
    )
    return { status: 200, body: { hosts, totalElements: hosts.length, hasNext: false } }
  }

  /** 2025.2 takes the file as the whole body, 2026.0 wraps it; each takes the other for an empty request. */
  #upload(request: ApiRequest): ApiAnswer {
    const body = JSON.parse(request.body)
    const isFlat = this.#settings.release === '2025.2'
    const file = isFlat ? body : body.upload
    if (file === undefined) return invalid('incomplete request')
    if (typeof file.fileName !== 'string')
      return invalid('invalid Upload.FileName: value length must be at least 1 runes')
    const session = (isFlat ? request.query.get('sessionId') : body.sessionId) ?? randomUUID()
    this.uploads.push({ session, fileName: file.fileName, bytes: Buffer.from(file.artifact, 'base64') })
    return { status: 200, body: { sessionId: session, errorMessages: [] } }
  }
}

const forbidden: ApiAnswer = { status: 403, body: { message: 'blocked by policy' } }

function invalid(message: string): ApiAnswer {
  return { status: 400, body: { code: 3, message } }
}
