import { readText } from './read.ts'

export type TransportName = 'udp' | 'tcp'

/** One bound socket of this network namespace. */
export interface BoundSocket {
  readonly transport: TransportName
  /** Dotted quad; `::` for a socket that takes IPv6 (and usually IPv4) on every address. */
  readonly address: string
  readonly port: number
  readonly inode: string
  readonly userId: number
}

const tcpListen = '0A'

/** Bound UDP and listening TCP sockets, from /proc/net; of IPv6 ones those on every address. */
export function readSocketTable(transport: TransportName): BoundSocket[] {
  return [transport, `${transport}6`].flatMap((file) =>
    parseSocketTable(transport, readText(`/proc/net/${file}`) ?? ''),
  )
}

/** Parses one file of /proc/net. Columns: `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode`. */
export function parseSocketTable(transport: TransportName, text: string): BoundSocket[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns.length > 9 && (transport === 'udp' || columns[3] === tcpListen))
    .map((columns) => parseSocket(transport, columns))
    .filter((socket) => socket !== undefined)
}

function parseSocket(transport: TransportName, columns: readonly string[]): BoundSocket | undefined {
  const [hexAddress, hexPort] = (columns[1] ?? '').split(':')
  const address = parseAddress(hexAddress ?? '')
  if (address === undefined || hexPort === undefined) return undefined
  return {
    transport,
    address,
    port: Number.parseInt(hexPort, 16),
    userId: Number(columns[7]),
    inode: columns[9] ?? '',
  }
}

/** The kernel prints each 32-bit word of an address in host order (little-endian here). */
function parseAddress(hex: string): string | undefined {
  if (/^0{32}$/.test(hex)) return '::'
  const mapped = hex.length === 32 && hex.startsWith('0000000000000000FFFF0000') ? hex.slice(24) : hex
  if (!/^[0-9A-F]{8}$/.test(mapped)) return undefined
  return (mapped.match(/../g) ?? [])
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.')
}
