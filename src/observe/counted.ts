import type { ServeEvent } from '../events/event.ts'
import { isPlayed } from '../proxydhcp/played-node.ts'

/** How many an event stands for. */
export function countOf(event: ServeEvent): number {
  return event.type === 'packet.dropped' ? (event.count ?? 1) : 1
}

/**
 * Name under which an event is counted per hour, such as `ignored:raspberry-pi`; undefined for what
 * is not counted: the questions of `probe` and `status` are no nodes. What is too frequent to be kept
 * one by one is kept like this.
 */
export function counterName(event: ServeEvent): string | undefined {
  if ('mac' in event && isPlayed(event.mac)) return undefined
  switch (event.type) {
    case 'dhcp.ignored':
      return `ignored:${event.reason}`
    case 'packet.dropped':
      return `dropped:${event.reason}`
    case 'dhcp.offered':
      return 'offered'
    case 'tftp.completed':
    case 'http.served':
      return 'fetched'
    case 'tftp.failed':
      return `failed:${event.reason}`
    case 'tftp.refused':
      return `refused:${event.reason}`
    default:
      return undefined
  }
}
