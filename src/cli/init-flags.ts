import { boolean, string } from '@oclif/core/flags'

/** Answers to the questions of `init`, in their order. */
export const initFlags = {
  interface: string({
    description: 'NIC where the nodes are.',
    helpValue: 'NIC',
    multiple: true,
  }),
  orchestrator: string({ description: 'Domain of the orchestrator.', helpValue: 'FQDN' }),
  'artifact-url': string({
    description: 'Exact URL of the boot file, when it is not at the usual place.',
    helpValue: 'URL',
  }),
  'ca-file': string({
    description: 'PEM file with the CA that signed the orchestrator’s certificate.',
    helpValue: 'FILE',
  }),
  'trust-fingerprint': string({
    description: 'SHA-256 of the endpoint’s certificate, compared by a person.',
    helpValue: 'SHA256',
  }),
  proxy: string({
    description: 'Proxy on the way to the orchestrator; default: what HTTPS_PROXY says now.',
    helpValue: 'URL',
  }),
  'token-file': string({
    description: 'File with a token for the orchestrator’s API, - for stdin; or set EMF_PXE_TOKEN.',
    helpValue: 'FILE',
  }),
  'store-token': boolean({ description: 'Keep the token beside the configuration, mode 0600.' }),
  target: string({
    description: 'How it shall run; none writes configuration and boot file only.',
    options: ['none', 'systemd', 'docker', 'helm', 'deployment-package'],
  }),
}
