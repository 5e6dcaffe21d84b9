import { createRequire } from 'node:module'

/**
 * The npm package `dhcp`, written by others from the same RFCs: a stand-in for a site's DHCP server,
 * and a second reader of what we send. It has no types, and it survives only some packets (ADR 0001).
 */
interface Protocol {
  parse(bytes: Buffer): ParsedPacket
}

export interface ParsedPacket {
  readonly op: number
  readonly xid: number
  readonly flags: number
  readonly ciaddr: string
  readonly yiaddr: string
  readonly siaddr: string
  readonly giaddr: string
  readonly chaddr: string
  readonly sname: string
  readonly file: string
  readonly options: Readonly<Record<number, unknown>>
}

interface Server {
  readonly _sock: {
    emit(event: 'message', bytes: Buffer): void
    send: (bytes: Buffer, offset: number, length: number, port: number, address: string) => void
    close(): void
  }
  on(event: 'error', listener: (error: unknown) => void): void
}

const load = createRequire(import.meta.url)
const protocol = load('dhcp/lib/protocol.js') as Protocol
const { createServer } = load('dhcp') as { createServer(settings: object): Server }

/** Reads a packet; it writes a line to stderr for each option it does not know, which is of no interest. */
export function parse(bytes: Uint8Array): ParsedPacket {
  const { error } = console
  console.error = () => {}
  try {
    return protocol.parse(Buffer.from(bytes))
  } finally {
    console.error = error
  }
}

/** Gives a request to a server of the package, without a network; returns what it would have sent. */
export function askServer(request: Uint8Array): Uint8Array[] {
  const { error } = console
  const sent: Uint8Array[] = []
  const server = createServer({
    range: ['192.0.2.100', '192.0.2.110'],
    netmask: '255.255.255.0',
    router: ['192.0.2.254'],
    dns: ['192.0.2.254'],
    hostname: 'site',
    broadcast: '192.0.2.255',
    server: '192.0.2.254',
    static: { '52-54-00-00-00-01': '192.0.2.100' },
  })
  server._sock.send = (bytes, offset, length) =>
    sent.push(Uint8Array.from(bytes.subarray(offset, offset + length)))
  server.on('error', () => {})
  console.error = () => {}
  try {
    server._sock.emit('message', Buffer.from(request))
    return sent
  } finally {
    console.error = error
    server._sock.close()
  }
}
