import { EmfPxeError } from '../../errors/error.ts'
import { lastLines } from '../apply.ts'
import type { DeployHost } from '../host.ts'
import type { RenderValues } from '../values.ts'

export const waitMinutes = 5

/**
 * Waits until every pod of the release is ready. `helm --wait` leaves out as many as the update
 * strategy lets be away: with one node it waits for none. Without kubectl nothing can be asked.
 *
 * @throws EmfPxeError DEPLOY_NOT_HEALTHY with what the cluster and the pods said
 */
export async function awaitRollout(
  host: DeployHost,
  context: string,
  { kubernetes }: RenderValues,
): Promise<void> {
  const { release, namespace } = kubernetes
  const kubectl = kubectlIn(context, namespace)
  const workload = `daemonset/${fullName(release)}`
  const words = [...kubectl, 'rollout', 'status', workload, `--timeout=${waitMinutes}m`]
  const { exitCode, output } = await host.run(words, { timeoutMs: (waitMinutes + 1) * 60_000 })
  if (exitCode === 0 || exitCode === 127) return
  const pods = ['--selector', `app.kubernetes.io/name=emf-pxe,app.kubernetes.io/instance=${release}`]
  const said = await Promise.all([
    host.run(warningEvents(context, namespace)),
    host.run([...kubectl, 'logs', ...pods, '--prefix', '--all-containers', '--tail=6']),
  ])
  throw new EmfPxeError('DEPLOY_NOT_HEALTHY', {
    message: [
      `Not every pod of ${workload} is ready after ${waitMinutes} minutes:`,
      ...[output, ...said.map((answer) => answer.output)].filter((text) => text.trim() !== '').map(lastLines),
    ].join('\n'),
    // A node that is away keeps its pod from being ready.
    hint: `kubectl --context ${context} get nodes`,
  })
}

/** All that is left of pods which never became ready: an image that is not there, a refusal, a probe. */
export function warningEvents(context: string, namespace: string): readonly string[] {
  const columns = 'custom-columns=WHEN:.lastTimestamp,OBJECT:.involvedObject.name,WARNING:.message'
  const wanted = ['--field-selector', 'type=Warning', '--sort-by=.lastTimestamp', '--output', columns]
  return [...kubectlIn(context, namespace), 'get', 'events', ...wanted]
}

function kubectlIn(context: string, namespace: string): readonly string[] {
  return ['kubectl', '--context', context, '--namespace', namespace]
}

/** As the chart's `emf-pxe.fullname`. */
function fullName(release: string): string {
  return release.includes('emf-pxe') ? release : `${release}-emf-pxe`
}
