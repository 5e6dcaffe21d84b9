import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Certificate, endpointCertificate } from '../certificates.ts'

/** Who speaks to the API server: a name and the groups that Kubernetes' own roles are bound to. */
export interface Identity {
  readonly user: string
  readonly groups: readonly string[]
}

export const administrator: Identity = { user: 'administrator', groups: ['system:masters'] }
export const controllerManager: Identity = { user: 'system:kube-controller-manager', groups: [] }
export const scheduler: Identity = { user: 'system:kube-scheduler', groups: [] }

/** The kubelet of that node: the API server lets it see and write what is its own and nothing else. */
export function kubeletOf(node: string): Identity {
  return { user: `system:node:${node}`, groups: ['system:nodes'] }
}

const serverName = 'kubernetes'

/** The API server's certificate, and a token and a kubeconfig for everyone. */
export class Identities {
  readonly certificate: Certificate
  readonly tokenFile: string
  readonly #directory: string
  readonly #tokens: ReadonlyMap<string, string>
  readonly #server: string

  /** @param address where the API server listens, port 6443. */
  constructor(directory: string, address: string, all: readonly Identity[]) {
    this.#directory = directory
    this.#server = `https://${address}:6443`
    this.certificate = endpointCertificate(directory, [serverName])
    this.#tokens = new Map(all.map(({ user }) => [user, randomBytes(16).toString('hex')]))
    this.tokenFile = join(directory, 'tokens.csv')
    const lines = all.map(
      ({ user, groups }) => `${this.#tokens.get(user)},${user},${user},"${groups.join()}"\n`,
    )
    writeFileSync(this.tokenFile, lines.join(''), { mode: 0o600 })
  }

  /** Writes the kubeconfig of one of them; returns its path. */
  kubeconfig({ user }: Identity): string {
    const path = join(this.#directory, `${user.replaceAll(':', '-')}.kubeconfig`)
    const cluster = {
      server: this.#server,
      'tls-server-name': serverName,
      'certificate-authority': this.certificate.certificatePath,
    }
    const content = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'lab',
      contexts: [{ name: 'lab', context: { cluster: 'lab', user } }],
      clusters: [{ name: 'lab', cluster }],
      users: [{ name: user, user: { token: this.#tokens.get(user) } }],
    }
    writeFileSync(path, JSON.stringify(content), { mode: 0o600 })
    return path
  }
}
