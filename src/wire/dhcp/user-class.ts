import { DhcpOption } from './constants.ts'
import type { DhcpOptions } from './packet.ts'
import { bytesToText } from './text.ts'

/**
 * Option 77: user classes. RFC 3004 §4 wants each with a length byte before it; iPXE, and what
 * administrators type into `dhclient.conf`, is the bare text. A value that does not divide exactly
 * into length-prefixed pieces is taken as one bare text.
 */
export function userClasses(options: DhcpOptions): readonly string[] {
  const value = options.get(DhcpOption.userClass)
  if (value === undefined || value.length === 0) return []
  return lengthPrefixed(value) ?? [bytesToText(value)]
}

function lengthPrefixed(value: Uint8Array): readonly string[] | undefined {
  const classes: string[] = []
  for (let offset = 0; offset < value.length; ) {
    const length = value[offset] ?? 0
    const end = offset + 1 + length
    if (length === 0 || end > value.length) return undefined
    classes.push(bytesToText(value.subarray(offset + 1, end)))
    offset = end
  }
  return classes
}
