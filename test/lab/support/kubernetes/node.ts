import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OwnMachine } from '../own-machine.ts'
import type { Transcript } from '../transcript.ts'
import { ControlGroup } from './control-group.ts'
import type { ControlPlane } from './control-plane.ts'
import { kubeletOf } from './identities.ts'
import { containerdConfiguration, kubeletConfiguration, networkConfiguration } from './node-files.ts'
import { until } from './until.ts'

export interface KubernetesNodeOptions {
  readonly name: string
  /** Network namespace: the network of the pods that use the node's own. */
  readonly namespace: string
  readonly address: string
  readonly resolver: string
  /** Archives of the images that it has; it can pull none. */
  readonly images: readonly string[]
}

/** A machine of a Kubernetes cluster: containerd and a kubelet, with a network and a name of its own. */
export class KubernetesNode {
  readonly name: string
  readonly machine: OwnMachine
  readonly #group: ControlGroup
  #kubelet: Transcript | undefined

  private constructor(name: string, machine: OwnMachine, group: ControlGroup) {
    this.name = name
    this.machine = machine
    this.#group = group
  }

  static async join(plane: ControlPlane, options: KubernetesNodeOptions): Promise<KubernetesNode> {
    const { name, namespace, resolver } = options
    const machine = await OwnMachine.start(namespace, resolver, name)
    const node = new KubernetesNode(name, machine, new ControlGroup(`emf-pxe-${process.pid}-${name}`))
    try {
      node.#keepToItself()
      await node.#startContainerd(options.images)
      await node.#startKubelet(plane, options.address)
      await until(
        () => plane.run('kubectl', 'get', 'node', name, '--output', ready).out === 'True',
        `${name} is ready`,
        60_000,
        () => node.#kubelet?.tail() ?? '',
      )
      return node
    } catch (error) {
      await node.close()
      throw error
    }
  }

  /** containerd's own client. */
  ctr(...words: readonly string[]): string {
    const ctr = ['ctr', '--address', this.#socket, '--namespace', 'k8s.io']
    const { code, out, all } = this.machine.run([...ctr, ...words])
    if (code !== 0) throw new Error(`ctr ${words.join(' ')}: ${all}`)
    return out
  }

  async close(): Promise<void> {
    await this.machine.close(() => this.#endPods())
    this.#group.close()
  }

  get #socket(): string {
    return join(this.machine.directory, 'containerd.sock')
  }

  /** A kubelet sets sysctls and writes to places that no option moves: they are this machine's alone. */
  #keepToItself(): void {
    const { code, all } = this.machine.run([
      ...['sh', '-e', '-c'],
      [
        'mount -t tmpfs tmpfs /run',
        'mount -t tmpfs tmpfs /var/log',
        'mount --bind /proc/sys /proc/sys',
        'mount -o remount,bind,ro /proc/sys',
      ].join('\n'),
    ])
    if (code !== 0) throw new Error(all)
  }

  async #startContainerd(images: readonly string[]): Promise<void> {
    const { directory } = this.machine
    const configuration = join(directory, 'containerd.toml')
    writeFileSync(configuration, containerdConfiguration(directory, this.#socket))
    mkdirSync(join(directory, 'net'))
    writeFileSync(join(directory, 'net/none.conflist'), networkConfiguration)
    const words = ['containerd', '--config', configuration]
    await this.machine.daemon('containerd', words, /containerd successfully booted/)
    for (const image of images) this.ctr('images', 'import', image)
  }

  async #startKubelet(plane: ControlPlane, address: string): Promise<void> {
    const { directory } = this.machine
    const configuration = join(directory, 'kubelet.json')
    writeFileSync(configuration, kubeletConfiguration(directory, this.#socket, this.#group.name))
    this.#kubelet = await this.machine.daemon(
      `kubelet of ${this.name}`,
      [
        ...[join(plane.tools, 'kubelet'), '--config', configuration],
        ...['--kubeconfig', plane.identities.kubeconfig(kubeletOf(this.name))],
        ...['--root-dir', join(directory, 'kubelet'), '--cert-dir', directory],
        ...['--hostname-override', this.name, '--node-ip', address],
      ],
      /Started kubelet/,
    )
  }

  /** The kubelet has ended and starts nothing any more. */
  #endPods(): void {
    const ctr = `ctr --address ${this.#socket} --namespace k8s.io tasks`
    this.machine.run(['sh', '-c', `${ctr} list --quiet | xargs --no-run-if-empty ${ctr} delete --force`])
  }
}

const ready = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'
