import { boolean, string } from '@oclif/core/flags'

/** Flags of the commands that draw or install for Kubernetes and the orchestrator's catalog. */
export const kubernetesFlags = {
  release: string({ description: 'Name of the Helm release.', helpValue: 'NAME', helpGroup: 'KUBERNETES' }),
  namespace: string({ description: 'Kubernetes namespace.', helpValue: 'NAME', helpGroup: 'KUBERNETES' }),
  image: string({
    description: 'Container image; without a tag it takes this version.',
    helpValue: 'IMAGE',
    helpGroup: 'KUBERNETES',
  }),
  values: string({
    description: 'YAML file with more values of the chart, such as imagePullSecrets; kept for later runs.',
    helpValue: 'FILE',
    helpGroup: 'KUBERNETES',
  }),
  'chart-registry': string({
    description: 'Registry from which the orchestrator takes the chart.',
    helpValue: 'URL',
    helpGroup: 'KUBERNETES',
  }),
}

/** Flags of the commands that can hand the Deployment Package over. */
export const uploadFlags = {
  upload: boolean({
    description: 'Send the Deployment Package to the orchestrator’s catalog.',
    helpGroup: 'KUBERNETES',
  }),
  project: string({
    description: 'Project of the orchestrator that gets it.',
    helpValue: 'NAME',
    helpGroup: 'KUBERNETES',
  }),
}

/** Where the settings of `render` come from besides the configuration file, and where its files go. */
export const renderFlags = {
  output: string({ description: 'Write the files below this directory.', helpValue: 'DIR' }),
  interface: string({
    description: 'NIC to answer on.',
    helpValue: 'NIC',
    multiple: true,
  }),
  orchestrator: string({ description: 'Domain of the orchestrator.', helpValue: 'FQDN' }),
  'token-file': string({
    description: 'File with a token for --upload, - for stdin; or set EMF_PXE_TOKEN.',
    helpValue: 'FILE',
  }),
}
