import { DhcpOption } from './constants.ts'
import type { DhcpOptions } from './packet.ts'

/** Network card driver interface of the client; type 1 is UNDI. */
export interface ClientInterface {
  readonly type: number
  readonly major: number
  readonly minor: number
}

/** Option 94 (RFC 4578 §2.2). */
export function clientInterface(options: DhcpOptions): ClientInterface | undefined {
  const value = options.get(DhcpOption.clientInterface)
  if (value?.length !== 3) return undefined
  const [type = 0, major = 0, minor = 0] = value
  return { type, major, minor }
}
