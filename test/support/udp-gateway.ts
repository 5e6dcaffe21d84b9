import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { DatagramNetwork, DatagramSocket, Endpoint } from '../../src/net/datagram.ts'

/**
 * A door from this machine's loopback into a `MemoryNetwork` that runs on the system clock: real TFTP
 * clients talk to a server in memory, through the weather of that network. Each real client gets a
 * socket in memory, and each port that the server answers from a real socket, so that both sides see
 * the transfer ids that TFTP is made of.
 */
export class UdpGateway {
  readonly #requestSocket: Socket
  readonly #host: DatagramNetwork
  readonly #server: Endpoint
  readonly #clients = new Map<number, Promise<BridgedClient>>()

  private constructor(requestSocket: Socket, host: DatagramNetwork, server: Endpoint) {
    this.#requestSocket = requestSocket
    this.#host = host
    this.#server = server
    requestSocket.on('message', (bytes, from) => void this.#fromClient(bytes, from.port))
  }

  /** `host` is a machine of the memory network, `server` the address to reach in it. */
  static async open(host: DatagramNetwork, server: Endpoint): Promise<UdpGateway> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return new UdpGateway(socket, host, server)
  }

  /** Port on 127.0.0.1 that stands for the server's request port. */
  get port(): number {
    return this.#requestSocket.address().port
  }

  async close(): Promise<void> {
    for (const client of await Promise.all(this.#clients.values())) client.close()
    this.#requestSocket.close()
  }

  async #fromClient(bytes: Uint8Array, port: number): Promise<void> {
    const opening = this.#clients.get(port) ?? this.#openClient(port)
    this.#clients.set(port, opening)
    const client = await opening
    client.inner.send(bytes, this.#server)
  }

  async #openClient(port: number): Promise<BridgedClient> {
    const inner = await this.#host.open({ address: '0.0.0.0', port: 0 })
    return new BridgedClient(inner, this.#server, this.#requestSocket, port)
  }
}

class BridgedClient {
  readonly inner: DatagramSocket
  /** By port of the server in memory. */
  readonly #sockets = new Map<number, Socket>()
  readonly #server: Endpoint
  readonly #clientPort: number

  constructor(inner: DatagramSocket, server: Endpoint, requestSocket: Socket, clientPort: number) {
    this.inner = inner
    this.#server = server
    this.#clientPort = clientPort
    inner.onMessage((bytes, from) => {
      const socket = from.port === server.port ? requestSocket : this.#socketFor(from.port)
      socket.send(bytes, clientPort, '127.0.0.1')
    })
  }

  close(): void {
    this.inner.close()
    for (const socket of this.#sockets.values()) socket.close()
  }

  #socketFor(serverPort: number): Socket {
    const known = this.#sockets.get(serverPort)
    if (known !== undefined) return known
    const socket = createSocket('udp4')
    socket.on('message', (bytes, from) => {
      if (from.port === this.#clientPort)
        this.inner.send(bytes, { address: this.#server.address, port: serverPort })
    })
    this.#sockets.set(serverPort, socket)
    return socket
  }
}
