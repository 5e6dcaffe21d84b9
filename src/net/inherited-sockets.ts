import type { Socket } from 'node:dgram'
import { adopt } from './adopt.ts'
import type { InheritedDescriptors } from './inherited.ts'

export interface InheritedSocket {
  readonly socket: Socket
  readonly descriptor: number
  /** Gives it back: it stays open, unread, until it is taken again. */
  readonly release: () => void
}

/**
 * Inherited sockets outlive those who use them: nobody could open a privileged port again after a
 * reload or a change of address, so closing one only parks it.
 */
export class InheritedSockets {
  readonly #descriptors: InheritedDescriptors
  readonly #adopted = new Map<string, Promise<Socket>>()

  constructor(descriptors: InheritedDescriptors) {
    this.#descriptors = descriptors
  }

  /** The socket of that name; undefined when the service manager gave none. */
  async take(name: string): Promise<InheritedSocket | undefined> {
    const descriptor = this.#descriptors.get(name)
    if (descriptor === undefined) return undefined
    const adopted = this.#adopted.get(name) ?? adopt(descriptor)
    this.#adopted.set(name, adopted)
    const socket = await adopted
    socket.ref()
    return { socket, descriptor, release: () => park(socket) }
  }
}

function park(socket: Socket): void {
  socket.removeAllListeners()
  socket.on('error', () => {})
  socket.unref()
}
