import { DhcpOption } from './constants.ts'
import type { DhcpOptions } from './packet.ts'

/** Option 53 (RFC 2132 §9.6); undefined when absent (a BOOTP message) or not one byte. */
export function messageType(options: DhcpOptions): number | undefined {
  const value = options.get(DhcpOption.messageType)
  return value?.length === 1 ? value[0] : undefined
}

const names = ['', 'DISCOVER', 'OFFER', 'REQUEST', 'DECLINE', 'ACK', 'NAK', 'RELEASE', 'INFORM']

/** `DISCOVER`, `OFFER`, …; `BOOTP` for a message without a type, `type 99` for an unknown one. */
export function messageTypeName(type: number | undefined): string {
  if (type === undefined) return 'BOOTP'
  return names[type] || `type ${type}`
}
