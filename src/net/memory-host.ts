import { EmfPxeError } from '../errors/error.ts'
import type { DatagramNetwork, DatagramOptions, DatagramSocket, Endpoint } from './datagram.ts'
import { limitedBroadcast } from './on-link.ts'

export interface MemoryNic {
  readonly name: string
  readonly address: string
  readonly segment?: string
}

export type MemorySend = (socket: MemorySocket, nic: MemoryNic, bytes: Uint8Array, to: Endpoint) => void

const anyAddress = '0.0.0.0'
const firstEphemeralPort = 49_152

/** One machine of a `MemoryNetwork`: its NICs, its sockets, its ports. */
export class MemoryHost implements DatagramNetwork {
  readonly nics: readonly MemoryNic[]
  readonly #send: MemorySend
  readonly #sockets = new Set<MemorySocket>()
  #nextPort = firstEphemeralPort

  constructor(nics: readonly MemoryNic[], send: MemorySend) {
    this.nics = nics
    this.#send = send
  }

  async open(options: DatagramOptions): Promise<DatagramSocket> {
    const port = options.port === 0 ? this.#ephemeralPort() : options.port
    const socket = new MemorySocket(this, { ...options, port })
    const holder = [...this.#sockets].find((other) => other.conflictsWith(socket))
    if (holder !== undefined)
      throw new EmfPxeError('PORT_IN_USE', { message: `${options.address}:${port} is in use on this host` })
    this.#sockets.add(socket)
    return socket
  }

  /** Where a datagram leaves: the socket's NIC, else the one whose address it has, else the first. */
  send(socket: MemorySocket, bytes: Uint8Array, to: Endpoint): void {
    if (!this.#sockets.has(socket)) return
    const { interface: wanted, address } = socket.options
    const nic =
      this.nics.find(({ name }) => name === wanted) ?? this.nics.find((own) => own.address === address)
    const leaving = nic ?? this.nics[0]
    if (leaving !== undefined) this.#send(socket, leaving, bytes, to)
  }

  deliver(nic: MemoryNic, bytes: Uint8Array, from: Endpoint, to: Endpoint): void {
    for (const socket of this.#sockets) if (socket.accepts(nic, to)) socket.receive(bytes, from)
  }

  close(socket: MemorySocket): void {
    this.#sockets.delete(socket)
  }

  #ephemeralPort(): number {
    const used = new Set([...this.#sockets].map((socket) => socket.local.port))
    do this.#nextPort = this.#nextPort >= 65_535 ? firstEphemeralPort : this.#nextPort + 1
    while (used.has(this.#nextPort))
    return this.#nextPort
  }
}

export class MemorySocket implements DatagramSocket {
  readonly local: Endpoint
  readonly options: DatagramOptions
  readonly #host: MemoryHost
  readonly #listeners: ((bytes: Uint8Array, from: Endpoint) => void)[] = []

  constructor(host: MemoryHost, options: DatagramOptions) {
    this.#host = host
    this.options = options
    this.local = { address: options.address, port: options.port }
  }

  /** What receivers see; undefined: the address of the NIC it leaves by. */
  get sourceAddress(): string | undefined {
    const { address, sourceAddress } = this.options
    return address === anyAddress || address === limitedBroadcast ? sourceAddress : address
  }

  send(bytes: Uint8Array, to: Endpoint): void {
    this.#host.send(this, bytes, to)
  }

  onMessage(listener: (bytes: Uint8Array, from: Endpoint) => void): void {
    this.#listeners.push(listener)
  }

  /** Nothing fails here: what cannot be delivered is lost, as on a wire. */
  onError(): void {}

  close(): void {
    this.#host.close(this)
  }

  receive(bytes: Uint8Array, from: Endpoint): void {
    for (const listener of this.#listeners) listener(bytes, from)
  }

  /** Linux's rules: the broadcast address hears broadcasts, a NIC address its own, 0.0.0.0 both. */
  accepts(nic: MemoryNic, to: Endpoint): boolean {
    const { address, port, interface: wanted } = this.options
    if (port !== to.port || (wanted !== undefined && wanted !== nic.name)) return false
    return address === anyAddress || address === to.address
  }

  conflictsWith(other: MemorySocket): boolean {
    const [one, two] = [this.options, other.options]
    if (one.port !== two.port) return false
    const sameNic =
      one.interface === undefined || two.interface === undefined || one.interface === two.interface
    return (
      sameNic && (one.address === two.address || one.address === anyAddress || two.address === anyAddress)
    )
  }
}
