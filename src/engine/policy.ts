import type { Config } from '../config/schema.ts'
import type { AccessRules, BootFile, BootPolicy, Refusal } from '../proxydhcp/types.ts'

/** What a policy is made from, besides the configuration. */
export interface PolicyInputs {
  readonly config: Config
  readonly bootFiles: BootPolicy['bootFiles']
  /** False when the port for `httpBoot.mode: local` could not be opened on our address. */
  readonly servesHttp: boolean
  /** Where the artifact was downloaded from, when that is known: its neighbours are at the same place. */
  readonly artifactUrl: string | undefined
  /** Our address on the NIC that the policy is for. */
  readonly serverAddress: string
}

/** The policy of one NIC: the same everywhere but for URLs that carry our own address. */
export function policyOf(inputs: PolicyInputs): BootPolicy {
  const { config, bootFiles } = inputs
  return {
    bootFiles,
    scriptUrl: config.scriptUrl ?? neighbourUrl(inputs, 'boot.ipxe'),
    httpBootUrls: httpBootUrls(inputs),
    allow: accessRules(config.allow),
    deny: accessRules(config.deny),
    dhcpClientPort: config.ports.dhcpClient,
  }
}

function accessRules(lists: Config['allow']): AccessRules {
  return { macs: new Set(lists.macs), ouis: new Set(lists.ouis), uuids: new Set(lists.uuids) }
}

function httpBootUrls(inputs: PolicyInputs): BootPolicy['httpBootUrls'] {
  const { config } = inputs
  if (config.httpBoot.mode === 'off') return {}
  if (config.httpBoot.mode === 'local') return localUrls(inputs)
  const url = config.httpBoot.url ?? neighbourUrl(inputs, 'signed_ipxe.efi')
  return url === undefined ? {} : { x64: url }
}

/** Each file under our own address, or why it is not to be had there. */
function localUrls(inputs: PolicyInputs): BootPolicy['httpBootUrls'] {
  const place = `${inputs.serverAddress}:${inputs.config.httpBoot.port}`
  const closed: Refusal = { reason: 'http-boot-closed', detail: `TCP ${place} is not open` }
  const urlOf = (file: BootFile | Refusal): string | Refusal => {
    if ('reason' in file) return file
    return inputs.servesHttp ? `http://${place}/${file.name}` : closed
  }
  const urls = Object.entries(inputs.bootFiles).map(([architecture, file]) => [architecture, urlOf(file)])
  return Object.fromEntries(urls) as BootPolicy['httpBootUrls']
}

/** A file beside the artifact: where the artifact came from, else the newest release's usual place. */
function neighbourUrl({ config, artifactUrl }: PolicyInputs, name: string): string | undefined {
  const base = artifactUrl ?? config.orchestrator.artifactUrl ?? usualArtifactUrl(config.orchestrator.fqdn)
  return base === undefined ? undefined : new URL(name, base).href
}

function usualArtifactUrl(fqdn: string | undefined): string | undefined {
  return fqdn === undefined ? undefined : `https://tinkerbell-haproxy.${fqdn}/tink-stack/signed_ipxe.efi`
}
