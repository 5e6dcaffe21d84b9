import type { Socket } from 'node:dgram'
import { EmfPxeError } from '../errors/error.ts'
import { leadingRun } from './batch.ts'
import type { DatagramSocket, Endpoint } from './datagram.ts'
import { systemCallError } from './libc/libc.ts'
import type { Receiver } from './libc/receiver.ts'
import { type Destination, type Exit, mostPerCall, type Sender } from './libc/sender.ts'
import { isOnLink, limitedBroadcast, type OnLinkNetworks } from './on-link.ts'
import type { UrgentSockets } from './urgent.ts'

/** Direct way to the kernel for a socket whose descriptor we know. */
export interface DirectSending {
  readonly descriptor: number
  readonly sender: Sender
  /** For broadcasts and neighbours; undefined lets the routing table decide those too. */
  readonly onLinkExit: Exit | undefined
  readonly routedExit: Exit | undefined
  readonly onLink: OnLinkNetworks
  /** False for a neighbour that the kernel does not know and shall not search for now. */
  readonly mayReach: (address: string) => boolean
}

export interface KernelSocketParts {
  readonly socket: Socket
  readonly local: Endpoint
  readonly direct?: DirectSending | undefined
  /** Takes what waits behind a datagram that the event loop brought; undefined leaves all of it to the loop. */
  readonly receiver?: Receiver | undefined
  /** Sockets with a receiver are among them; all others let them go first now and then. */
  readonly urgent?: UrgentSockets
  readonly receiveBufferBytes?: number | undefined
  /** True when a DHCP server on this machine has the same port open. */
  readonly sharesPort?: boolean
  /** Where datagrams leave when there is no direct way; default: the socket itself. */
  readonly sendFrom?: Socket
  /** What closing means; default: the sockets are closed. */
  readonly release?: () => void
}

/** The kernel has no room now: Node's queue waits for it. ENOBUFS is none of these: its neighbour table is full. */
const momentary = new Set(['EAGAIN', 'EINTR'])
/** Waiting for that room; what is beyond is lost, as on a full link, and asked for again. */
const mostQueuedBytes = 4_000_000
/** What Node keeps for each of them beside its bytes. */
const queuedOverheadBytes = 1_000
/** UDP_SEGMENT is not possible on this NIC, kernel or path; single datagrams are. */
const notSegmentable = new Set(['EINVAL', 'EIO', 'EMSGSIZE', 'EOPNOTSUPP', 'ENOPROTOOPT'])

/** Receives through Node's event loop, sends straight to the kernel. */
export class KernelSocket implements DatagramSocket {
  readonly local: Endpoint
  readonly receiveBufferBytes: number | undefined
  readonly sharesPort: boolean
  readonly #parts: KernelSocketParts
  readonly #errorListeners: ((error: Error) => void)[] = []
  readonly #messageListeners: ((bytes: Uint8Array, from: Endpoint) => void)[] = []
  #notUrgent: (() => void) | undefined
  #segments = true
  #open = true
  #queuedBytes = 0
  #destination: Destination = { address: '', port: 0, exit: undefined }

  constructor(parts: KernelSocketParts) {
    this.#parts = parts
    this.local = parts.local
    this.receiveBufferBytes = parts.receiveBufferBytes
    this.sharesPort = parts.sharesPort ?? false
    parts.socket.on('message', (bytes, from) => {
      this.#deliver(bytes, from)
      if (parts.receiver === undefined) parts.urgent?.look()
      else this.#takeWaiting()
    })
    if (parts.receiver !== undefined) this.#notUrgent = parts.urgent?.add(() => this.#takeWaiting())
    parts.socket.on('error', (error) => this.#report(error))
    parts.sendFrom?.on('error', (error) => this.#report(error))
  }

  /** Number of the kernel's descriptor, for system calls that this class does not know; -1 when it is Node's secret. */
  get descriptor(): number {
    return this.#open ? (this.#parts.direct?.descriptor ?? -1) : -1
  }

  send(bytes: Uint8Array, to: Endpoint): void {
    if (!this.#open) return
    const { direct } = this.#parts
    const destination = direct && this.#towards(to, direct)
    if (direct === undefined) this.#queue(bytes, to)
    else if (destination === undefined) this.#report(sendError('EHOSTUNREACH', to))
    else this.#settle(direct.sender.send(direct.descriptor, bytes, destination), [bytes], to)
  }

  sendMany(datagrams: readonly Uint8Array[], to: Endpoint): void {
    const { direct } = this.#parts
    let rest = datagrams
    while (this.#open && rest.length > 0) {
      const gone = direct === undefined ? this.#queueAll(rest, to) : this.#sendSome(direct, rest, to)
      rest = rest.slice(gone)
    }
  }

  onMessage(listener: (bytes: Uint8Array, from: Endpoint) => void): void {
    this.#messageListeners.push(listener)
  }

  onError(listener: (error: Error) => void): void {
    this.#errorListeners.push(listener)
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    const { socket, sendFrom, release } = this.#parts
    this.#messageListeners.length = 0
    this.#notUrgent?.()
    if (release === undefined) socket.close()
    else release()
    sendFrom?.close()
  }

  /** Sends what fits into one call; how many are dealt with. */
  #sendSome(direct: DirectSending, datagrams: readonly Uint8Array[], to: Endpoint): number {
    const destination = this.#towards(to, direct)
    if (destination === undefined) return datagrams.length
    const run = this.#segments ? leadingRun(datagrams) : 1
    if (run > 1) return this.#sendRun(direct, datagrams.slice(0, run), destination)
    const some = datagrams.slice(0, mostPerCall)
    const sent = direct.sender.sendEach(direct.descriptor, some, destination)
    if (typeof sent === 'number') return sent
    this.#settle(sent, some, to)
    return some.length
  }

  #sendRun(direct: DirectSending, run: readonly Uint8Array[], to: Destination): number {
    const failure = direct.sender.sendSegments(direct.descriptor, run, to, run[0]?.length ?? 0)
    if (failure !== undefined && notSegmentable.has(failure)) {
      this.#segments = false
      return 0
    }
    this.#settle(failure, run, to)
    return run.length
  }

  #settle(failure: string | undefined, datagrams: readonly Uint8Array[], to: Endpoint): void {
    if (failure === undefined) return
    if (momentary.has(failure)) this.#queueAll(datagrams, to)
    else this.#report(sendError(failure, to))
  }

  #deliver(bytes: Uint8Array, from: Endpoint): void {
    for (const listener of this.#messageListeners) listener(bytes, from)
  }

  /** At most one call's worth for each datagram of the event loop, which takes 32 of a socket at a time: others get their turn. */
  #takeWaiting(): void {
    const { receiver, direct } = this.#parts
    if (!this.#open || receiver === undefined || direct === undefined) return
    for (const { bytes, from } of receiver.take(direct.descriptor)) this.#deliver(bytes, from)
  }

  #queueAll(datagrams: readonly Uint8Array[], to: Endpoint): number {
    for (const bytes of datagrams) this.#queue(bytes, to)
    return datagrams.length
  }

  /** Bytes that wait for the kernel, with what keeping them costs. Node's own count begins a turn late. */
  get queuedBytes(): number {
    return this.#queuedBytes
  }

  /** Node sends when the kernel has room; it keeps the bytes until then, so it gets its own. */
  #queue(bytes: Uint8Array, to: Endpoint): void {
    if (this.#queuedBytes > mostQueuedBytes) return
    const size = bytes.length + queuedOverheadBytes
    this.#queuedBytes += size
    const from = this.#parts.sendFrom ?? this.#parts.socket
    from.send(Uint8Array.from(bytes), to.port, to.address, (error) => {
      this.#queuedBytes -= size
      if (error !== null) this.#report(sendError('code' in error ? String(error.code) : 'EIO', to))
    })
  }

  /** Undefined for a neighbour that is not to be searched for now. */
  #towards(to: Endpoint, direct: DirectSending): Destination | undefined {
    const last = this.#destination
    if (last.address === to.address && last.port === to.port) return last
    const onLink = isOnLink(direct.onLink, to.address)
    if (onLink && to.address !== limitedBroadcast && !direct.mayReach(to.address)) return undefined
    const exit = onLink ? direct.onLinkExit : direct.routedExit
    this.#destination = { address: to.address, port: to.port, exit }
    return this.#destination
  }

  /** Later, so that `send` never calls back into the code that called it. */
  #report(error: Error): void {
    queueMicrotask(() => {
      if (this.#open) for (const listener of this.#errorListeners) listener(error)
    })
  }
}

/** EPERM on a send is netfilter's way to say that an output rule dropped it. */
function sendError(code: string, to: Endpoint): Error {
  const cause = systemCallError('send', code, { address: to.address, port: to.port })
  if (code !== 'EPERM') return cause
  const message = `an answer to ${to.address}:${to.port} was dropped by an output rule of this machine's firewall`
  return new EmfPxeError('SEND_REFUSED', { message, cause })
}
