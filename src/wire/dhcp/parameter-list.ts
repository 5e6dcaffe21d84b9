import { DhcpOption } from './constants.ts'
import type { DhcpOptions } from './packet.ts'

/** Option 55 (RFC 2132 §9.8): options the client wants, in its order. */
export function parameterRequestList(options: DhcpOptions): readonly number[] {
  return [...(options.get(DhcpOption.parameterRequestList) ?? [])]
}
