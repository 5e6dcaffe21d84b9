import { EmfPxeError } from '../../errors/error.ts'
import { escapeText } from '../../ui/text.ts'
import { lastLines } from '../apply.ts'
import type { DeployHost } from '../host.ts'
import { releaseValues } from '../render/helm.ts'
import type { RenderValues } from '../values.ts'
import { type AwayNode, type KubernetesObject, type Standing, standingOf } from './rollout-standing.ts'

export const waitMinutes = 5
/** After so long the cluster is asked what keeps it. */
const sliceSeconds = 10
const slices = (waitMinutes * 60) / sliceSeconds

/**
 * Waits until every node that is there runs a ready pod of this version, and tells which nodes are
 * not there. Neither `helm --wait` nor `kubectl rollout status` can: the one leaves out as many pods
 * as the update strategy lets be away (with one node it waits for none), the other waits for nodes
 * that are down. Without kubectl nothing can be asked.
 *
 * @param tell gets a sentence for each node that is away
 * @throws EmfPxeError DEPLOY_NOT_HEALTHY with what the cluster and the pods said
 */
export async function awaitRollout(
  host: DeployHost,
  context: string,
  values: RenderValues,
  tell: (warning: string) => void,
): Promise<void> {
  const kubectl = kubectlIn(context, values.kubernetes.namespace)
  const { workload, selector } = workloadOf(values)
  const told = new Set<string>()
  let last = ''
  for (let slice = 0; slice < slices; slice += 1) {
    const words = [...kubectl, 'rollout', 'status', workload, `--timeout=${sliceSeconds}s`]
    const { exitCode, output } = await host.run(words)
    if (exitCode === 127) return
    const standing = await look(host, kubectl, selector)
    for (const node of standing?.away ?? []) tellOnce(node, told, tell)
    if (standing?.wanted === 0 && exitCode === 0) throw nowhere(workload, context, standing)
    if (exitCode === 0 || standing?.isServing === true) return
    // The controller makes it anew at once, in the version that is wanted.
    if (standing?.heldBack !== undefined) await host.run([...kubectl, 'delete', 'pod', standing.heldBack])
    last = output
  }
  throw await unfinished(host, context, { workload, kubectl, selector, last })
}

async function look(
  host: DeployHost,
  kubectl: readonly string[],
  selector: readonly string[],
): Promise<Standing | undefined> {
  const [objects, nodes] = await Promise.all([
    host.run([...kubectl, 'get', 'daemonsets,controllerrevisions,pods', ...selector, '--output', 'json']),
    // Not everybody may see them; then no node is taken to be down.
    host.run([...kubectl, 'get', 'nodes', '--output', 'json']),
  ])
  return standingOf(itemsOf(objects.stdout), itemsOf(nodes.stdout))
}

function itemsOf(json: string): readonly KubernetesObject[] {
  try {
    return (JSON.parse(json) as { readonly items?: readonly KubernetesObject[] }).items ?? []
  } catch {
    return []
  }
}

function tellOnce({ name, why, since }: AwayNode, told: Set<string>, tell: (warning: string) => void): void {
  if (told.has(name)) return
  told.add(name)
  tell(
    `The node ${escapeText(name)} is down (${escapeText(why.replace(/\.$/, ''))}, since ${escapeText(since)}): no PXE server answers there. It starts there by itself when the node is back.`,
  )
}

function nowhere(workload: string, context: string, { away }: Standing): EmfPxeError {
  const why =
    away.length > 0 ? 'those that it may run on are down' : 'none fits its node selector and tolerations'
  return new EmfPxeError('DEPLOY_NOT_HEALTHY', {
    message: `No node of the cluster runs ${workload}: ${why}.`,
    hint: `kubectl --context ${context} get nodes --show-labels`,
  })
}

interface Unfinished {
  readonly workload: string
  readonly kubectl: readonly string[]
  readonly selector: readonly string[]
  /** What `kubectl rollout status` said last. */
  readonly last: string
}

async function unfinished(
  host: DeployHost,
  context: string,
  { workload, kubectl, selector, last }: Unfinished,
): Promise<EmfPxeError> {
  const said = await Promise.all([
    host.run([...kubectl, ...warnings]),
    host.run([...kubectl, 'logs', ...selector, '--prefix', '--all-containers', '--tail=6']),
  ])
  return new EmfPxeError('DEPLOY_NOT_HEALTHY', {
    message: [
      `Not every pod of ${workload} is ready after ${waitMinutes} minutes:`,
      ...[last, ...said.map((answer) => answer.output)].filter((text) => text.trim() !== '').map(lastLines),
    ].join('\n'),
    hint: `kubectl --context ${context} get pods --all-namespaces --output wide`,
  })
}

const columns = 'custom-columns=WHEN:.lastTimestamp,OBJECT:.involvedObject.name,WARNING:.message'
const wanted = ['--field-selector', 'type=Warning', '--sort-by=.lastTimestamp', '--output', columns]
const warnings = ['get', 'events', ...wanted]

/** All that is left of pods which never became ready: an image that is not there, a refusal, a probe. */
export function warningEvents(context: string, namespace: string): readonly string[] {
  return [...kubectlIn(context, namespace), ...warnings]
}

function kubectlIn(context: string, namespace: string): readonly string[] {
  return ['kubectl', '--context', context, '--namespace', namespace]
}

/** What the chart makes of these values: kind, `emf-pxe.fullname` and `emf-pxe.selectorLabels`. */
function workloadOf(values: RenderValues) {
  const { kind, nameOverride, fullnameOverride } = releaseValues(values)
  const { release } = values.kubernetes
  const name = text(nameOverride) ?? 'emf-pxe'
  const full = text(fullnameOverride) ?? (release.includes(name) ? release : `${release}-${name}`)
  return {
    workload: `${kind === 'Deployment' ? 'deployment' : 'daemonset'}/${full}`,
    selector: ['--selector', `app.kubernetes.io/name=${name},app.kubernetes.io/instance=${release}`],
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
