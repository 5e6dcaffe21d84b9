import type { Clock, DatagramNetwork, DatagramSocket } from '../net/datagram.ts'
import { decode } from '../wire/dhcp/decode.ts'
import { encode } from '../wire/dhcp/encode.ts'
import type { DhcpPacket } from '../wire/dhcp/packet.ts'

export interface DhcpClientOptions {
  readonly network: DatagramNetwork
  readonly clock: Clock
  readonly interface: string
  /** What datagrams leave with; a node that has no address yet would use 0.0.0.0. */
  readonly sourceAddress: string
  readonly ports: { readonly server: number; readonly client: number; readonly bootServer: number }
}

/** A reply and when it came, milliseconds after the question. */
export interface HeardReply {
  readonly packet: DhcpPacket
  readonly afterMs: number
  readonly from: string
}

const broadcast = '255.255.255.255'
/** No LAN has so many DHCP servers: the rest is a flood, which must not keep us from coming to an end. */
const mostReplies = 256

/** A node's side of DHCP: asks by broadcast, and listens for as long as firmware does. */
export class DhcpClient {
  readonly #socket: DatagramSocket
  readonly #options: DhcpClientOptions
  #heard: (packet: DhcpPacket, from: string) => void = () => {}

  private constructor(socket: DatagramSocket, options: DhcpClientOptions) {
    this.#socket = socket
    this.#options = options
    socket.onMessage((bytes, from) => {
      const packet = decode(bytes)
      if (packet.ok) this.#heard(packet.value, from.address)
    })
    socket.onError(() => {})
  }

  /** Rejects with PORT_IN_USE when a program has the port and does not share it, as DHCP clients do. */
  static async open(options: DhcpClientOptions): Promise<DhcpClient> {
    const { network, ports, sourceAddress } = options
    const socket = await network.open({
      address: broadcast,
      port: ports.client,
      interface: options.interface,
      sourceAddress,
      broadcast: true,
      shared: true,
    })
    return new DhcpClient(socket, options)
  }

  /**
   * Broadcasts a request and collects the replies to it. edk2 waits the whole window before it
   * chooses; `enough` ends the wait earlier.
   */
  ask(
    request: DhcpPacket,
    windowMs: number,
    enough: (heard: readonly HeardReply[]) => boolean = () => false,
  ): Promise<HeardReply[]> {
    const { clock, ports } = this.#options
    const heard: HeardReply[] = []
    const sentAtMs = clock.now()
    return new Promise((resolve) => {
      const done = () => {
        cancel()
        this.#heard = () => {}
        resolve(heard)
      }
      // What came while this process was busy is read before the window closes.
      const cancel = clock.schedule(windowMs, () => setImmediate(done))
      this.#heard = (packet, from) => {
        if (packet.op !== 2 || packet.xid !== request.xid || heard.length === mostReplies) return
        heard.push({ packet, from, afterMs: clock.now() - sentAtMs })
        if (enough(heard)) done()
      }
      this.#socket.send(encode(request), { address: broadcast, port: ports.server })
    })
  }

  close(): void {
    this.#socket.close()
  }
}

export interface BootServerQuestion {
  readonly network: DatagramNetwork
  readonly clock: Clock
  /** Our leased address: the question is unicast from here. */
  readonly address: string
  readonly server: string
  readonly port: number
  readonly windowMs: number
  /** edk2 goes on listening until its timer ends, even when it has its answer. */
  readonly waitsWhole?: boolean
}

/**
 * Asks a boot server (PXE 2.1 §2.2.5): unicast from the boot server port, as edk2 does, or from any
 * free port when this machine’s own boot server has it. Undefined when nobody answered.
 */
export async function askBootServer(
  request: DhcpPacket,
  question: BootServerQuestion,
): Promise<HeardReply | undefined> {
  const { network, clock, address, server, port, windowMs } = question
  const socket = await network.open({ address, port }).catch(() => network.open({ address, port: 0 }))
  const sentAtMs = clock.now()
  try {
    return await new Promise((resolve) => {
      let heard: HeardReply | undefined
      const cancel = clock.schedule(windowMs, () => setImmediate(() => resolve(heard)))
      socket.onError(() => {})
      socket.onMessage((bytes, from) => {
        const packet = decode(bytes)
        if (heard !== undefined || !packet.ok || packet.value.xid !== request.xid) return
        heard = { packet: packet.value, from: from.address, afterMs: clock.now() - sentAtMs }
        if (question.waitsWhole === true) return
        cancel()
        resolve(heard)
      })
      socket.send(encode(request), { address: server, port })
    })
  } finally {
    socket.close()
  }
}
