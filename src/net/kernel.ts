import type { Socket } from 'node:dgram'
import { EmfPxeError } from '../errors/error.ts'
import { findPortConflicts } from '../host/port-holders.ts'
import { adopt } from './adopt.ts'
import type { DatagramNetwork, DatagramOptions } from './datagram.ts'
import { type DirectParts, directSending } from './direct-sending.ts'
import { FirstContact } from './first-contact.ts'
import { type InheritedDescriptors, inheritedDescriptors } from './inherited.ts'
import { type InheritedSocket, InheritedSockets } from './inherited-sockets.ts'
import { KernelSocket, type KernelSocketParts } from './kernel-socket.ts'
import { boundDevice, grantedReceiveBuffer, openDescriptor, shareAddress } from './libc/descriptor.ts'
import { type Libc, loadLibc } from './libc/libc.ts'
import { Receiver } from './libc/receiver.ts'
import { Sender } from './libc/sender.ts'
import { limitedBroadcast } from './on-link.ts'
import { openError } from './open-error.ts'
import { openPlainSocket, plainSocketLimits } from './plain-socket.ts'
import type { FindConflicts } from './port-in-use.ts'
import { UrgentSockets } from './urgent.ts'

export interface KernelNetworkParts {
  /** Default: this process's C library; `none` does without, as a Node without FFI must. */
  readonly libc?: Libc | 'none'
  readonly inherited?: InheritedDescriptors
  readonly findConflicts?: FindConflicts
}

/**
 * UDP sockets of the kernel (ADR 0002): an inherited descriptor when the service manager gave one
 * that fits, else one made through the C library, else what plain Node can do.
 */
export class KernelNetwork implements DatagramNetwork {
  /** What this network cannot do here, in sentences for an operator; empty when nothing is amiss. */
  readonly limits: readonly string[]
  readonly #direct: DirectParts | undefined
  readonly #inherited: InheritedSockets
  readonly #urgent = new UrgentSockets()
  readonly #findConflicts: FindConflicts

  constructor(parts: KernelNetworkParts = {}) {
    const libc = parts.libc === 'none' ? undefined : (parts.libc ?? loadLibc())
    this.#direct = libc && directParts(libc)
    this.#inherited = new InheritedSockets(parts.inherited ?? inheritedDescriptors(process.env, process.pid))
    this.#findConflicts = parts.findConflicts ?? findPortConflicts
    this.limits = this.#direct === undefined ? plainSocketLimits : []
  }

  async open(options: DatagramOptions): Promise<KernelSocket> {
    const inherited = await this.#takeInherited(options)
    if (inherited instanceof KernelSocket) return inherited
    try {
      return await this.#openNew(options)
    } catch (error) {
      throw this.#explain(error, options, inherited)
    }
  }

  async #openNew(options: DatagramOptions): Promise<KernelSocket> {
    if (this.#direct === undefined) return await openPlainSocket(options)
    const { libc } = this.#direct
    const { descriptor, shared } = this.#bind(libc, options)
    const socket = await adoptOrClose(libc, descriptor)
    // libuv sets SO_REUSEADDR on what it adopts. Broadcasts may be shared with a DHCP server of this
    // machine that starts later; a unicast port may not, or that program would take half the requests.
    shareAddress(libc, descriptor, isBroadcast(options))
    return this.#assemble(options, { socket, descriptor, sharesPort: shared })
  }

  /** Alone if possible: only a DHCP server, never a second PXE server, shares the broadcasts of a NIC. */
  #bind(libc: Libc, options: DatagramOptions): { descriptor: number; shared: boolean } {
    const wanted = {
      address: options.address,
      port: options.port,
      device: isBroadcast(options) ? options.interface : undefined,
      broadcast: options.broadcast ?? false,
      receiveBufferBytes: options.receiveBufferBytes,
    }
    try {
      return { descriptor: openDescriptor(libc, { ...wanted, shared: false }), shared: false }
    } catch (error) {
      const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
      const mayShare = options.shared === true || !this.#hasTwin(options.port)
      if (!inUse || !isBroadcast(options) || !mayShare) throw error
      return { descriptor: openDescriptor(libc, { ...wanted, shared: true }), shared: true }
    }
  }

  /** Somebody else on the broadcast address itself is a PXE server like us: both would answer. */
  #hasTwin(port: number): boolean {
    return this.#findConflicts('udp', limitedBroadcast, port).some(
      (holder) => holder.socket.address === limitedBroadcast && holder.process?.pid !== process.pid,
    )
  }

  #assemble(
    options: DatagramOptions,
    { socket, descriptor, ...rest }: Adopted & Partial<KernelSocketParts>,
  ): KernelSocket {
    const { address, port } = socket.address()
    return new KernelSocket({
      socket,
      local: { address: options.address, port },
      direct: this.#direct && directSending(this.#direct, descriptor, address, options),
      urgent: this.#urgent,
      receiver: options.manyAtOnce ? this.#direct?.receiver : undefined,
      receiveBufferBytes: this.#direct && grantedReceiveBuffer(this.#direct.libc, descriptor),
      ...rest,
    })
  }

  /** The socket when an inherited one fits; a sentence that says why it does not; undefined when there is none. */
  async #takeInherited(options: DatagramOptions): Promise<KernelSocket | string | undefined> {
    if (options.inheritedName === undefined) return undefined
    const inherited = await this.#inherited.take(options.inheritedName)
    if (inherited === undefined) return undefined
    const misfit = this.#misfit(inherited, options)
    if (misfit !== undefined) {
      inherited.release()
      return misfit
    }
    if (options.broadcast) inherited.socket.setBroadcast(true)
    return this.#assemble(options, inherited)
  }

  #misfit(inherited: InheritedSocket, options: DatagramOptions): string | undefined {
    const { address, port } = inherited.socket.address()
    const name = `the inherited socket ${options.inheritedName}`
    if (port !== options.port || (address !== options.address && address !== '0.0.0.0'))
      return `${name} is on ${address}:${port}, but ${options.address}:${options.port} is wanted`
    const device = this.#direct && boundDevice(this.#direct.libc, inherited.descriptor)
    const strays = this.#direct !== undefined && isBroadcast(options) && device !== options.interface
    return strays
      ? `${name} is bound to ${device ?? 'no interface'}, but ${options.interface} is wanted`
      : undefined
  }

  #explain(error: unknown, options: DatagramOptions, misfit: string | undefined): unknown {
    const explained = openError(error, options, this.#findConflicts)
    const blocked = explained instanceof EmfPxeError && explained.code === 'PORT_NOT_PERMITTED'
    if (misfit === undefined || !blocked) return explained
    return new EmfPxeError('DESCRIPTOR_UNFIT', { message: misfit, cause: explained })
  }
}

function directParts(libc: Libc): DirectParts {
  return {
    libc,
    sender: new Sender(libc),
    receiver: new Receiver(libc),
    firstContact: new FirstContact(),
  }
}

interface Adopted {
  readonly socket: Socket
  readonly descriptor: number
}

async function adoptOrClose(libc: Libc, descriptor: number): Promise<Socket> {
  try {
    return await adopt(descriptor)
  } catch (error) {
    libc.close(descriptor)
    throw error
  }
}

function isBroadcast(options: DatagramOptions): boolean {
  return options.address === limitedBroadcast
}
