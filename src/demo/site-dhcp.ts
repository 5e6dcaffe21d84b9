import type { DatagramNetwork, DatagramSocket } from '../net/datagram.ts'
import { addressToBytes } from '../wire/dhcp/address.ts'
import { BootpOperation, DhcpOption, MessageType } from '../wire/dhcp/constants.ts'
import { decode } from '../wire/dhcp/decode.ts'
import { encode } from '../wire/dhcp/encode.ts'
import { macText } from '../wire/dhcp/hardware-address.ts'
import { messageType } from '../wire/dhcp/message-type.ts'
import type { DhcpPacket } from '../wire/dhcp/packet.ts'

export interface SiteDhcpOptions {
  readonly network: DatagramNetwork
  readonly interface: string
  /** Our own address: server identifier and gateway. */
  readonly address: string
  readonly ports: { readonly server: number; readonly client: number }
  /** Address for a MAC; the same one each time. */
  readonly addressFor: (mac: string) => string
}

const broadcast = '255.255.255.255'
const leaseSeconds = 3600

/**
 * The site's own DHCP server in a demo: addresses, gateway and DNS, nothing about booting. It knows
 * nothing of emf-pxe, as real ones do not.
 */
export class SiteDhcp {
  readonly #socket: DatagramSocket
  readonly #options: SiteDhcpOptions

  private constructor(socket: DatagramSocket, options: SiteDhcpOptions) {
    this.#socket = socket
    this.#options = options
    socket.onMessage((bytes) => this.#receive(bytes))
    socket.onError(() => {})
  }

  static async open(options: SiteDhcpOptions): Promise<SiteDhcp> {
    const { network, address, ports } = options
    const socket = await network.open({
      address: broadcast,
      port: ports.server,
      interface: options.interface,
      sourceAddress: address,
      broadcast: true,
    })
    return new SiteDhcp(socket, options)
  }

  close(): void {
    this.#socket.close()
  }

  #receive(bytes: Uint8Array): void {
    const request = decode(bytes)
    if (!request.ok || request.value.op !== BootpOperation.request) return
    const reply = this.#replyTo(request.value)
    if (reply !== undefined)
      this.#socket.send(encode(reply), { address: broadcast, port: this.#options.ports.client })
  }

  #replyTo(request: DhcpPacket): DhcpPacket | undefined {
    const mac = macText(request)
    const type = messageType(request.options)
    if (mac === undefined) return undefined
    if (type === MessageType.discover) return this.#lease(request, mac, MessageType.offer)
    return type === MessageType.request ? this.#lease(request, mac, MessageType.acknowledge) : undefined
  }

  #lease(request: DhcpPacket, mac: string, type: number): DhcpPacket {
    const { address, addressFor } = this.#options
    const seconds = new Uint8Array(4)
    new DataView(seconds.buffer).setUint32(0, leaseSeconds)
    return {
      ...request,
      op: BootpOperation.reply,
      secs: 0,
      yiaddr: addressFor(mac),
      sname: '',
      file: '',
      options: new Map<number, Uint8Array>([
        [DhcpOption.messageType, Uint8Array.of(type)],
        [DhcpOption.serverIdentifier, addressToBytes(address)],
        [DhcpOption.leaseTime, seconds],
        [DhcpOption.subnetMask, addressToBytes('255.0.0.0')],
        [DhcpOption.router, addressToBytes(address)],
        [DhcpOption.domainNameServer, addressToBytes(address)],
      ]),
    }
  }
}
