import { macText } from '../wire/dhcp/hardware-address.ts'
import { isIpxe } from '../wire/dhcp/ipxe.ts'
import { machineUuid } from '../wire/dhcp/machine-identifier.ts'
import type { DhcpOptions, DhcpPacket } from '../wire/dhcp/packet.ts'
import { BootClientClass, vendorClass } from '../wire/dhcp/vendor-class.ts'
import { architectureOf } from './architecture.ts'
import type { NodeIdentity } from './types.ts'

/** Who sent a request, from its own words. Nothing here is proof: every field can be forged. */
export function identify(request: DhcpPacket): NodeIdentity {
  const classText = vendorClass(request.options) ?? ''
  const firmware = firmwareOf(request.options, classText)
  const claim = firmware === 'none' ? noArchitecture : architectureOf(request.options, classText)
  return {
    mac: macText(request) ?? '',
    uuid: machineUuid(request.options),
    architecture: claim.architecture,
    architectureCode: claim.code,
    firmware,
  }
}

const noArchitecture = { code: undefined, architecture: undefined }

/** Only the first nine or ten letters count: a chained iPXE may send `PXEClient` and nothing after it. */
function firmwareOf(options: DhcpOptions, classText: string): NodeIdentity['firmware'] {
  if (classText.startsWith(BootClientClass.http)) return 'http'
  if (!classText.startsWith(BootClientClass.pxe)) return 'none'
  return isIpxe(options) ? 'ipxe' : 'pxe'
}
