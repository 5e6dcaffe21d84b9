import type { DatagramOptions, DatagramSocket, Endpoint } from '../../src/net/datagram.ts'
import { KernelNetwork } from '../../src/net/kernel.ts'
import type { KernelSocket } from '../../src/net/kernel-socket.ts'
import { inside } from '../support/inside-namespace.ts'

export const everyone = '255.255.255.255'

export interface Message {
  readonly text: string
  readonly from: Endpoint
}

/** Opens sockets in namespaces and closes them all. */
export class Sockets {
  readonly #network: KernelNetwork
  readonly #open: DatagramSocket[] = []

  constructor(network = new KernelNetwork()) {
    this.#network = network
  }

  async open(namespace: string, options: DatagramOptions): Promise<KernelSocket> {
    const socket = await inside(namespace, () => this.#network.open(options))
    this.#open.push(socket)
    return socket
  }

  /** What a NIC needs to answer broadcasts, and answers each: `NIC text`, to port 68 of everyone. */
  async answerBroadcasts(namespace: string, nic: string, sourceAddress: string): Promise<KernelSocket> {
    const options = { address: everyone, port: 67, interface: nic, broadcast: true, sourceAddress }
    const socket = await this.open(namespace, options)
    socket.onMessage((bytes) => socket.send(reply(nic, bytes), { address: everyone, port: 68 }))
    return socket
  }

  /** A unicast service of a NIC, which answers whoever asked. */
  async answerUnicast(namespace: string, nic: string, address: string, port: number): Promise<KernelSocket> {
    const socket = await this.open(namespace, { address, port, interface: nic, broadcast: true })
    socket.onMessage((bytes, from) => socket.send(reply(nic, bytes), from))
    return socket
  }

  /** A node without an address yet, on its NIC `e0`. */
  async node(namespace: string): Promise<KernelSocket> {
    return await this.open(namespace, { address: '0.0.0.0', port: 68, interface: 'e0', broadcast: true })
  }

  close(): void {
    for (const socket of this.#open.splice(0)) socket.close()
  }
}

function reply(nic: string, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${nic} `), bytes])
}

/** Resolves with the first `count` messages. Listens from the moment of the call. */
export function receive(socket: DatagramSocket, count: number): Promise<Message[]> {
  const messages: Message[] = []
  return new Promise((resolve, reject) => {
    socket.onError(reject)
    socket.onMessage((bytes, { address, port }) => {
      messages.push({ text: Buffer.from(bytes).toString(), from: { address, port } })
      if (messages.length === count) resolve(messages)
    })
  })
}

/** Sends `count` numbered datagrams, each after the answer to the one before. */
export async function ask(
  socket: DatagramSocket,
  to: Endpoint,
  count: number,
  answersEach = 1,
): Promise<Message[]> {
  const all = receive(socket, count * answersEach)
  let answers = 0
  let sent = 0
  const next = () => socket.send(Buffer.from(String(sent++)), to)
  socket.onMessage(() => {
    answers++
    if (answers % answersEach === 0 && sent < count) next()
  })
  next()
  return await all
}
