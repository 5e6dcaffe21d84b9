/** The one door to UDP. Memory networks in tests and kernel sockets implement the same shape. */
export interface Endpoint {
  /** Dotted quad. */
  readonly address: string
  readonly port: number
}

export interface DatagramSocket {
  readonly local: Endpoint
  /**
   * Queues one datagram. Never throws, never blocks: a failed send is reported to `onError`.
   * The bytes must not change until the next turn of the event loop.
   */
  send(bytes: Uint8Array, to: Endpoint): void
  /**
   * Like `send` for each of them in order, in as few system calls as the kernel allows (a window of
   * equal blocks is one call); absent where that brings nothing. Same rules as `send`.
   */
  sendMany?(datagrams: readonly Uint8Array[], to: Endpoint): void
  /** Receive buffer that the kernel granted, in bytes; undefined when it is not known. */
  readonly receiveBufferBytes?: number | undefined
  onMessage(listener: (bytes: Uint8Array, from: Endpoint) => void): void
  onError(listener: (error: Error) => void): void
  close(): void
}

export interface DatagramOptions {
  /** Address to bind; `255.255.255.255` receives broadcasts only. */
  readonly address: string
  /** 0 takes an ephemeral port. */
  readonly port: number
  /**
   * NIC that this socket serves. With a broadcast `address` it receives from that NIC alone
   * (SO_BINDTODEVICE). Broadcasts and on-link datagrams leave by it whatever the routing table
   * prefers; datagrams for other networks are routed (ADR 0002).
   */
  readonly interface?: string
  /** Address that datagrams leave with when `address` is the broadcast address; default: the NIC's first. */
  readonly sourceAddress?: string
  /** Inherited descriptor that stands in for a new socket, by its LISTEN_FDNAMES name (`dhcp-eth1`). */
  readonly inheritedName?: string
  readonly broadcast?: boolean
  /** A listener beside others (a DHCP client's port): several programs may hear the same broadcasts. */
  readonly shared?: boolean
  /**
   * Whatever waits is taken in few system calls, and between the datagrams of other sockets: for ports that
   * any stranger may broadcast to, where one datagram must not be hidden among many, nor wait for a storm.
   */
  readonly manyAtOnce?: boolean
  /** SO_RCVBUF wished for, bytes; what the kernel granted may be less. */
  readonly receiveBufferBytes?: number
}

/** Opens sockets. Rejects with a catalogued error that names who holds the port. */
export interface DatagramNetwork {
  open(options: DatagramOptions): Promise<DatagramSocket>
}

/** Time as a capability, so that sessions and fallbacks can be tested without sleeping. */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number
  /** Runs `task` once after `delayMs`; the returned function cancels it. */
  schedule(delayMs: number, task: () => void): () => void
}
