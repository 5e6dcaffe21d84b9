import { DhcpOption } from './constants.ts'
import type { DhcpOptions } from './packet.ts'
import { encodeSubOptions, type SubOptions, subOptionsOf } from './sub-options.ts'

/**
 * Option 82 (RFC 3046 §2): what a relay agent says of where the client is. It has neither pads nor
 * an end mark, and a server sends it back byte for byte (§2.2).
 */
export function relayAgentInformation(options: DhcpOptions): SubOptions {
  return subOptionsOf(options, DhcpOption.relayAgentInformation, 'none')
}

export function encodeRelayAgentInformation(subOptions: SubOptions): Uint8Array {
  return encodeSubOptions(subOptions, 'none')
}
