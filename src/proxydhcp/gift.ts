import { architectureName } from '../wire/dhcp/client-architecture.ts'
import { longestBootFileOptionName } from './quirks.ts'
import { refuse } from './refusals.ts'
import type { BootPolicy, NodeIdentity, NodeMemory, Refusal } from './types.ts'

/** What the node is to fetch. */
export interface Gift {
  readonly gives: 'file' | 'script' | 'httpBoot'
  readonly name: string
  readonly sizeBytes: number | undefined
}

/** What a node that may boot is given, or why there is nothing for it. */
export function giftFor(policy: BootPolicy, node: NodeIdentity, memory: NodeMemory): Gift | Refusal {
  const gift =
    node.firmware === 'ipxe' ? chooseForIpxe(policy, node, memory) : chooseForFirmware(policy, node)
  if ('reason' in gift || gift.name.length <= longestBootFileOptionName) return gift
  return refuse(
    'boot-file-name-too-long',
    `${gift.name.length} bytes, ${longestBootFileOptionName} fit: ${gift.name}`,
  )
}

/**
 * iPXE out of our own boot file gets the script: the file once more would send it in circles. iPXE in
 * a ROM gets the boot file like any firmware, since only the orchestrator's build trusts the
 * orchestrator's certificate; where none is configured for it, the script may still do. One that is
 * missing is waited for: another server may have it, and iPXE would take our script instead.
 */
function chooseForIpxe(policy: BootPolicy, node: NodeIdentity, memory: NodeMemory): Gift | Refusal {
  if (memory.ipxe === 'looping') {
    return refuse(
      'ipxe-loop',
      'iPXE keeps coming back; its script, or the boot file, does not get it further',
    )
  }
  if (memory.ipxe === 'first') {
    const gift = chooseForFirmware(policy, node)
    const mayUseScript = 'reason' in gift && gift.reason === 'architecture-not-configured'
    if (!mayUseScript || policy.scriptUrl === undefined) return gift
  }
  if (policy.scriptUrl !== undefined) return { gives: 'script', name: policy.scriptUrl, sizeBytes: undefined }
  return refuse('ipxe-without-script', 'iPXE from the boot file asks what to do, and no scriptUrl is set')
}

function chooseForFirmware(policy: BootPolicy, node: NodeIdentity): Gift | Refusal {
  const architecture = node.architecture ?? 'bios'
  const found = node.firmware === 'http' ? policy.httpBootUrls[architecture] : policy.bootFiles[architecture]
  if (found === undefined) {
    return refuse('architecture-not-configured', architectureName(node.architectureCode ?? 0))
  }
  if (typeof found === 'string') return { gives: 'httpBoot', name: found, sizeBytes: undefined }
  return 'reason' in found ? found : { gives: 'file', ...found }
}
