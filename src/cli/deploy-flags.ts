import { string } from '@oclif/core/flags'

/** Flags of the commands that draw or install for Kubernetes and the orchestrator's catalog. */
export const kubernetesFlags = {
  release: string({ description: 'Name of the Helm release.', helpValue: 'NAME', helpGroup: 'KUBERNETES' }),
  namespace: string({ description: 'Kubernetes namespace.', helpValue: 'NAME', helpGroup: 'KUBERNETES' }),
  image: string({
    description: 'Container image; without a tag it takes this version.',
    helpValue: 'IMAGE',
    helpGroup: 'KUBERNETES',
  }),
  'chart-registry': string({
    description: 'Registry from which the orchestrator takes the chart.',
    helpValue: 'URL',
    helpGroup: 'KUBERNETES',
  }),
}
