/** A node of the cluster that answers no more, or never has. */
export interface AwayNode {
  readonly name: string
  /** What the cluster says of it: `Kubelet stopped posting node status.` */
  readonly why: string
  /** RFC 3339. */
  readonly since: string
}

/** How far a DaemonSet has come, with the nodes that it cannot reach counted apart. */
export interface Standing {
  /** Nodes that should run a pod, those that are down among them. */
  readonly wanted: number
  /** Every node that is there runs a pod of this version, and that pod is ready. */
  readonly isServing: boolean
  readonly away: readonly AwayNode[]
  /**
   * A ready pod of the version before, when nothing moves any more: pods of nodes that are down
   * use up what the update strategy lets be away, so that the controller replaces no other.
   */
  readonly heldBack: string | undefined
}

/** The part of a Kubernetes object that is looked at here. */
export interface KubernetesObject {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly generation?: number
    readonly deletionTimestamp?: string
    readonly labels?: Readonly<Record<string, string>>
  }
  /** Of a ControllerRevision. */
  readonly revision?: number
  readonly spec?: {
    readonly nodeName?: string
    readonly template?: { readonly spec?: { readonly nodeSelector?: Readonly<Record<string, string>> } }
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly desiredNumberScheduled?: number
    readonly conditions?: readonly Condition[]
  }
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly message?: string
  readonly lastTransitionTime?: string
}

const revisionLabel = 'controller-revision-hash'

/**
 * Reads the answers of the API server: the DaemonSet with its revisions and pods, and the nodes.
 * Pure. Undefined while the DaemonSet is not there.
 */
export function standingOf(
  objects: readonly KubernetesObject[],
  nodes: readonly KubernetesObject[],
): Standing | undefined {
  const daemonSet = objects.find(({ kind }) => kind === 'DaemonSet')
  if (daemonSet === undefined) return undefined
  const wanted = daemonSet.status?.desiredNumberScheduled ?? 0
  const isObserved = daemonSet.status?.observedGeneration === daemonSet.metadata.generation
  const selector = daemonSet.spec?.template?.spec?.nodeSelector ?? {}
  const away = nodes.filter((node) => !isReady(node) && matches(node, selector)).map(awayNode)
  const isAway = ({ spec }: KubernetesObject) => away.some(({ name }) => name === spec?.nodeName)

  const pods = objects.filter(({ kind }) => kind === 'Pod')
  const here = pods.filter((pod) => !isAway(pod))
  const unreachable = new Set(pods.filter(isAway).map(({ spec }) => spec?.nodeName)).size
  const settled = here.filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined)
  const current = settled.filter(isOf(latestRevision(objects)))
  const isWhole = isObserved && settled.length === here.length && settled.length >= wanted - unreachable
  const isServing = isWhole && settled.length > 0 && current.length === settled.length
  const old = settled.find((pod) => !current.includes(pod))
  const isStuck = isWhole && away.length > 0
  return { wanted, isServing, away, heldBack: isStuck ? old?.metadata.name : undefined }
}

function isReady({ status }: KubernetesObject): boolean {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
}

function matches({ metadata }: KubernetesObject, selector: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => metadata.labels?.[key] === value)
}

function awayNode({ metadata, status }: KubernetesObject): AwayNode {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  return {
    name: metadata.name,
    why: ready?.message ?? 'its kubelet has never reported',
    since: ready?.lastTransitionTime ?? 'it joined',
  }
}

/** A rollback makes the old revision the latest again: names and ages tell nothing, the number does. */
function latestRevision(objects: readonly KubernetesObject[]): string | undefined {
  const revisions = objects.filter(({ kind }) => kind === 'ControllerRevision')
  const latest = revisions.toSorted((one, other) => (other.revision ?? 0) - (one.revision ?? 0))[0]
  return latest?.metadata.labels?.[revisionLabel]
}

function isOf(revision: string | undefined): (pod: KubernetesObject) => boolean {
  return ({ metadata }) => metadata.labels?.[revisionLabel] === revision
}
