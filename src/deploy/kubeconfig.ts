import { join } from 'node:path'
import { parse } from 'yaml'
import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import type { DeployHost } from './host.ts'

export interface KubernetesContext {
  readonly name: string
  /** `https://10.0.0.1:6443`, so that a person sees which cluster it is. */
  readonly server: string
}

/** Files that `kubectl` and `helm` read, in their order. */
function kubeconfigFiles(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const listed = (environment.KUBECONFIG ?? '').split(':').filter((file) => file !== '')
  if (listed.length > 0) return listed
  return environment.HOME === undefined ? [] : [join(environment.HOME, '.kube', 'config')]
}

interface Kubeconfig {
  readonly 'current-context'?: string
  readonly contexts?: readonly { readonly name: string; readonly context?: { readonly cluster?: string } }[]
  readonly clusters?: readonly { readonly name: string; readonly cluster?: { readonly server?: string } }[]
}

/** The context that commands would use; throws DEPLOY_TOOL_MISSING when there is none. */
export async function currentContext(
  host: DeployHost,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<KubernetesContext> {
  const files = kubeconfigFiles(environment)
  const read: Kubeconfig[] = []
  for (const file of files) {
    const text = (await host.observe(file))?.text
    if (text !== undefined) read.push((parse(text) ?? {}) as Kubeconfig)
  }
  // As kubectl merges: the first file that says something wins.
  const name = read.map((file) => file['current-context']).find((context) => context)
  const context = read.flatMap((file) => file.contexts ?? []).find((entry) => entry.name === name)
  const cluster = read
    .flatMap((file) => file.clusters ?? [])
    .find((entry) => entry.name === context?.context?.cluster)
  if (name !== undefined && cluster?.cluster?.server !== undefined)
    return { name: escapeText(name), server: escapeText(cluster.cluster.server) }
  throw new EmfPxeError('DEPLOY_TOOL_MISSING', {
    message: `No Kubernetes context is selected (looked in ${files.join(', ') || 'no file'}).`,
    hint: 'export KUBECONFIG=/path/to/kubeconfig, or kubectl config use-context NAME',
  })
}
