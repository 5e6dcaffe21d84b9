import { architectureCodes } from '../wire/dhcp/client-architecture.ts'
import type { DhcpOptions } from '../wire/dhcp/packet.ts'
import { architectureInClass } from '../wire/dhcp/vendor-class.ts'
import type { Architecture } from './types.ts'

/**
 * Which boot file an architecture code runs. 9 is EBC on paper and x64 in practice: RFC 4578 had 7 and
 * 9 the wrong way round, and some virtual machines send 9 still. HTTP boot has codes of its own for
 * the same processors.
 */
const architectures = new Map<number, Architecture>([
  [0, 'bios'],
  [20, 'bios'],
  [6, 'ia32'],
  [15, 'ia32'],
  [7, 'x64'],
  [9, 'x64'],
  [16, 'x64'],
  [11, 'arm64'],
  [19, 'arm64'],
])

/** What a node says it is: the code as sent, and the boot file kind it stands for, when we know it. */
export interface ArchitectureClaim {
  readonly code: number | undefined
  readonly architecture: Architecture | undefined
}

/**
 * Option 93 decides; of several codes the first that we know. Without it the vendor class is read,
 * and without that too it is a BIOS ROM: UEFI firmware always says what it is.
 */
export function architectureOf(options: DhcpOptions, vendorClass: string): ArchitectureClaim {
  const codes = architectureCodes(options)
  if (codes.length === 0) {
    const code = architectureInClass(vendorClass)
    return code === undefined
      ? { code, architecture: 'bios' }
      : { code, architecture: architectures.get(code) }
  }
  const code = codes.find((one) => architectures.has(one)) ?? codes[0]
  return { code, architecture: code === undefined ? undefined : architectures.get(code) }
}
