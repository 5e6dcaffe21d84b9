import { readText } from '../host/read.ts'

/** One IPv4 route of the main table; addresses are 32-bit numbers. */
export interface Route {
  readonly interface: string
  readonly network: number
  readonly mask: number
  /** 0 when the network is on the link. */
  readonly gateway: number
  readonly metric: number
}

/** The main routing table, from /proc/net/route. */
export function readRoutes(): Route[] {
  return parseRoutes(readText('/proc/net/route') ?? '')
}

/** Columns: `Iface Destination Gateway Flags RefCnt Use Metric Mask …`, addresses as little-endian hex. */
export function parseRoutes(text: string): Route[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns.length >= 8)
    .map((columns) => ({
      interface: columns[0] ?? '',
      network: swapped(columns[1]),
      gateway: swapped(columns[2]),
      metric: Number(columns[6]),
      mask: swapped(columns[7]),
    }))
}

function swapped(hex = ''): number {
  const bytes = Buffer.from(hex, 'hex')
  return bytes.length === 4 ? bytes.readUInt32LE(0) : 0
}
