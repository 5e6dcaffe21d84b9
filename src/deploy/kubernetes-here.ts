import type { DeployHost } from './host.ts'
import { type Receipt, readReceipt } from './receipt.ts'
import type { KubernetesValues } from './values.ts'

/**
 * Release, namespace and image of the installation that is there, for a run that does not name them:
 * without them it would install a second release, or ask for an image that the cluster has not.
 */
export async function kubernetesHere(
  host: DeployHost,
  configFile: string,
  version: string,
): Promise<Partial<KubernetesValues>> {
  const receipt = await readReceipt(host, configFile).catch(() => undefined)
  return receipt?.target === 'helm' ? carriedKubernetes(receipt, version) : {}
}

/** What a receipt says, for this version: a tag of the site's own making stays. */
export function carriedKubernetes(receipt: Receipt, version: string): Receipt['kubernetes'] {
  const { imageTag } = receipt.kubernetes
  return { ...receipt.kubernetes, imageTag: imageTag === receipt.version ? version : imageTag }
}
