import { addresses, type Site } from '../site.ts'
import { ControlPlane } from './control-plane.ts'
import { KubernetesNode } from './node.ts'

const server = 'app.kubernetes.io/name=emf-pxe'
const controlAddress = '10.77.0.4'

/** The machines of the cluster: the first is the site's place for a PXE server, the second one like it. */
export const places = [
  { name: 'edge-1', address: addresses.pxe, nic: 'e0' },
  { name: 'edge-2', address: '10.77.0.6', nic: 'lan0' },
] as const

const ready = '{.status.conditions[?(@.type=="Ready")].status}'

/** A Kubernetes cluster of two nodes on a site's network. */
export class Cluster {
  readonly plane: ControlPlane
  readonly nodes: readonly KubernetesNode[]

  private constructor(plane: ControlPlane, nodes: readonly KubernetesNode[]) {
    this.plane = plane
    this.nodes = nodes
  }

  /** @param images archives that every node gets. */
  static async start(site: Site, images: readonly string[], tools: string): Promise<Cluster> {
    const { lan } = site
    const resolver = addresses.dhcp
    const plane = await ControlPlane.start({
      namespace: lan.addHost('k8s', `${controlAddress}/24`),
      address: controlAddress,
      ...{ resolver, tools, nodes: places.map(({ name }) => name) },
    })
    const nodes: KubernetesNode[] = []
    try {
      for (const [index, { name, address, nic }] of places.entries()) {
        const namespace = index === 0 ? site.pxe : lan.addHost(name, `${address}/24`, nic)
        nodes.push(await KubernetesNode.join(plane, { name, namespace, address, resolver, images }))
      }
      return new Cluster(plane, nodes)
    } catch (error) {
      for (const node of nodes) await node.close()
      await plane.close()
      throw error
    }
  }

  /** Every object of every kind, but for what a cluster writes by itself while it runs. */
  inventory(): readonly string[] {
    const { plane } = this
    const kinds = plane.kubectl('api-resources', '--verbs=list', '--output=name').trim().split('\n')
    const wanted = kinds.filter((kind) => !/^(events|leases|componentstatuses)(\.|$)/.test(kind))
    const columns = 'custom-columns=A:.apiVersion,K:.kind,S:.metadata.namespace,N:.metadata.name'
    const list = plane.kubectl('get', wanted.join(), '--all-namespaces', '--output', columns, '--no-headers')
    return list
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(/\s+/).join(' '))
      .sort()
  }

  /** Name of the pod on that node. */
  podOn(node: string): string {
    return this.readiness(node).split(' ', 1)[0] ?? ''
  }

  /** Name of the pod on that node, and whether it is ready: `emf-pxe-x7k2p True`. */
  readiness(node: string): string {
    const found = this.plane.kubectl(
      ...['--namespace', 'emf-pxe', 'get', 'pods', '--selector', server],
      ...['--field-selector', `spec.nodeName=${node}`],
      ...['--output', `jsonpath={range .items[*]}{.metadata.name} ${ready}{"\\n"}{end}`],
    )
    const [only, ...more] = found.trim().split('\n')
    if (only === undefined || only === '' || more.length > 0)
      throw new Error(`${node} has the pods: ${found}`)
    return only
  }

  /** A label of the ready pod on that node; empty while there is none, or more than one pod. */
  labelOf(node: string, label: string): string {
    const found = this.plane.kubectl(
      ...['--namespace', 'emf-pxe', 'get', 'pods', '--selector', server],
      ...['--field-selector', `spec.nodeName=${node}`],
      ...['--output', `jsonpath={range .items[*]}{.metadata.labels.${label}} ${ready}{"\\n"}{end}`],
    )
    return /^(\S+) True$/.exec(found.trim())?.[1] ?? ''
  }

  /** What a failed test wants to know. */
  story(): string {
    const said = [
      ['describe', 'pods', '--namespace', 'emf-pxe'],
      ['logs', '--namespace', 'emf-pxe', '--prefix', '--all-containers', '--tail=60', '--selector', server],
    ].map((words) => this.plane.run('kubectl', ...words).all)
    return said.join('\n')
  }

  async close(): Promise<void> {
    for (const node of this.nodes) await node.close()
    await this.plane.close()
  }
}
