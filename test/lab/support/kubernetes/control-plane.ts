import { join } from 'node:path'
import { unpackedPackage } from '../debian.ts'
import { OwnMachine } from '../own-machine.ts'
import type { Answer } from '../systemd-machine.ts'
import {
  administrator,
  controllerManager,
  Identities,
  type Identity,
  kubeletOf,
  scheduler,
} from './identities.ts'
import { until } from './until.ts'

export interface ControlPlaneOptions {
  /** Network namespace in which it runs, its address there, and the site's resolver. */
  readonly namespace: string
  readonly address: string
  readonly resolver: string
  /** Directory of the Kubernetes programs and of Helm. */
  readonly tools: string
  /** Names of the nodes that will join. */
  readonly nodes: readonly string[]
}

/**
 * A real Kubernetes API server with etcd, controller manager and scheduler, on a machine of its own,
 * which is the administrator's as well: there `helm`, `kubectl` and the kubeconfig are.
 */
export class ControlPlane {
  readonly machine: OwnMachine
  readonly identities: Identities
  readonly tools: string

  private constructor(machine: OwnMachine, identities: Identities, tools: string) {
    this.machine = machine
    this.identities = identities
    this.tools = tools
  }

  static async start(options: ControlPlaneOptions): Promise<ControlPlane> {
    const machine = await OwnMachine.start(options.namespace, options.resolver)
    const everyone = [administrator, controllerManager, scheduler, ...options.nodes.map(kubeletOf)]
    const identities = new Identities(machine.directory, options.address, everyone)
    const plane = new ControlPlane(machine, identities, options.tools)
    try {
      await plane.#startEtcd()
      await plane.#startApiServer(options.address)
      await Promise.all([
        plane.#startWorker('kube-controller-manager', controllerManager, [
          `--service-account-private-key-file=${identities.certificate.keyPath}`,
          `--root-ca-file=${identities.certificate.certificatePath}`,
          // Each controller with its own role, as clusters are set up.
          '--use-service-account-credentials=true',
        ]),
        plane.#startWorker('kube-scheduler', scheduler, []),
      ])
      return plane
    } catch (error) {
      await plane.close()
      throw error
    }
  }

  /** Runs a program as the administrator, to its end. */
  run(...words: readonly string[]): Answer {
    return this.machine.run(words, {
      HOME: this.machine.directory,
      KUBECONFIG: join(this.machine.directory, 'administrator.kubeconfig'),
      PATH: `${this.tools}:${process.env.PATH}`,
    })
  }

  /** What kubectl prints; throws when it fails. */
  kubectl(...words: readonly string[]): string {
    const { code, out, all } = this.run('kubectl', ...words)
    if (code !== 0) throw new Error(`kubectl ${words.join(' ')}: ${all}`)
    return out
  }

  async close(): Promise<void> {
    await this.machine.close()
  }

  #startEtcd(): Promise<unknown> {
    const etcd = join(unpackedPackage('etcd-server'), 'usr/bin/etcd')
    const [clients, peers] = ['http://127.0.0.1:2379', 'http://127.0.0.1:2380']
    return this.machine.daemon(
      'etcd',
      [
        ...[etcd, '--data-dir', join(this.machine.directory, 'etcd'), '--listen-peer-urls', peers],
        ...['--listen-client-urls', clients, '--advertise-client-urls', clients],
      ],
      /ready to serve client requests|serving insecure client requests/,
    )
  }

  async #startApiServer(address: string): Promise<void> {
    const { certificate, tokenFile } = this.identities
    await this.machine.daemon(
      'kube-apiserver',
      [
        ...[join(this.tools, 'kube-apiserver'), '--etcd-servers=http://127.0.0.1:2379'],
        ...[`--advertise-address=${address}`, `--cert-dir=${this.machine.directory}`],
        ...[
          `--tls-cert-file=${certificate.certificatePath}`,
          `--tls-private-key-file=${certificate.keyPath}`,
        ],
        ...[`--token-auth-file=${tokenFile}`, '--authorization-mode=Node,RBAC'],
        ...['--enable-admission-plugins=NodeRestriction', '--kubelet-preferred-address-types=InternalIP'],
        ...['--service-cluster-ip-range=10.96.0.0/16', '--service-account-issuer=https://kubernetes'],
        ...[
          `--service-account-key-file=${certificate.keyPath}`,
          `--service-account-signing-key-file=${certificate.keyPath}`,
        ],
      ],
      /Serving securely/,
    )
    this.identities.kubeconfig(administrator)
    await until(() => this.run('kubectl', 'get', '--raw', '/readyz').out === 'ok', 'API server ready', 60_000)
  }

  #startWorker(program: string, identity: Identity, more: readonly string[]): Promise<unknown> {
    const kubeconfig = this.identities.kubeconfig(identity)
    const asked = [`--kubeconfig=${kubeconfig}`, `--authentication-kubeconfig=${kubeconfig}`]
    const own = [`--authorization-kubeconfig=${kubeconfig}`, `--cert-dir=${this.machine.directory}`]
    return this.machine.daemon(
      program,
      [join(this.tools, program), ...asked, ...own, '--leader-elect=false', ...more],
      /Serving securely/,
    )
  }
}
