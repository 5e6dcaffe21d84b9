import { DhcpOption } from './constants.ts'
import type { DhcpOptions } from './packet.ts'
import { type SubOptions, subOptionsOf } from './sub-options.ts'
import { userClasses } from './user-class.ts'

/** Sub-options of option 175 that say something to us (iPXE's `dhcp.h`); other small numbers name features. */
export const IpxeSubOption = { busIdentifier: 177, version: 235 } as const

/** Option 175: settings and features that only iPXE sends. */
function ipxeSubOptions(options: DhcpOptions): SubOptions {
  return subOptionsOf(options, DhcpOption.ipxeEncapsulated, 'pad-and-end')
}

/** Such as `1.21.1`; undefined when it was not said. Builds from a distribution often say `1.0.0`. */
export function ipxeVersion(options: DhcpOptions): string | undefined {
  const version = ipxeSubOptions(options).get(IpxeSubOption.version)
  return version?.length === 3 ? version.join('.') : undefined
}

/**
 * Whether iPXE sent this. The user class says so unless a script changed it, and then option 175
 * with a version still does.
 */
export function isIpxe(options: DhcpOptions): boolean {
  if (options.has(DhcpOption.userClass) && userClasses(options).includes('iPXE')) return true
  return options.has(DhcpOption.ipxeEncapsulated) && ipxeSubOptions(options).has(IpxeSubOption.version)
}
