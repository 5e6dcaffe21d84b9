import type { Config } from '../config/schema.ts'
import type { EventSink } from '../events/event.ts'
import type { DatagramNetwork, DatagramSocket, Endpoint } from '../net/datagram.ts'
import { limitedBroadcast } from '../net/on-link.ts'
import type { Arrival, BootPolicy } from '../proxydhcp/types.ts'
import { RefusalTally } from './refusal-tally.ts'
import { RequestGate } from './request-gate.ts'
import type { Answer, DhcpResponder } from './responder.ts'
import { SendTrouble } from './send-trouble.ts'

export interface StationOptions {
  readonly interface: string
  /** Our address on it: what nodes are told, and what answers come from. */
  readonly address: string
  readonly ports: { readonly dhcp: number; readonly bootServer: number; readonly tftp: number }
  /** Also take requests that relays send to our address. */
  readonly relay: boolean
  /** False leaves naming the boot file to the site's own DHCP server. */
  readonly answersDhcp: boolean
  readonly receiveBufferBytes: number
  /** Not read here: a station is opened anew when it changes. */
  readonly tftp: Config['tftp']
}

interface Closable {
  close(): void
}

export interface StationParts {
  readonly network: DatagramNetwork
  readonly responder: DhcpResponder
  /** Asked for each request: configuration and boot files may have changed. */
  readonly policy: (serverAddress: string) => BootPolicy
  readonly publish: EventSink
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Opens TFTP on the station’s address. */
  readonly openTransfers: (options: StationOptions) => Promise<Closable>
}

/**
 * One NIC being served: its sockets, each bound so that what comes in by this NIC is answered by
 * this NIC with its address (ADR 0002).
 */
export class Station {
  readonly options: StationOptions
  readonly #sockets: readonly DatagramSocket[]
  readonly #transfers: Closable

  private constructor(options: StationOptions, sockets: readonly DatagramSocket[], transfers: Closable) {
    this.options = options
    this.#sockets = sockets
    this.#transfers = transfers
  }

  /** Opens all sockets or none: when one fails, those already open are closed and the error goes on. */
  static async open(options: StationOptions, parts: StationParts): Promise<Station> {
    const sockets: DatagramSocket[] = []
    try {
      if (options.answersDhcp) {
        for (const wanted of dhcpSockets(options)) {
          const socket = await parts.network.open(wanted.open)
          sockets.push(socket)
          listen(socket, wanted.service, options, parts)
        }
      }
      const transfers = await parts.openTransfers(options)
      return new Station(options, sockets, transfers)
    } catch (error) {
      for (const socket of sockets) socket.close()
      throw error
    }
  }

  /** Offers nothing any more; running transfers go on. */
  stopOffering(): void {
    for (const socket of this.#sockets) socket.close()
  }

  close(): void {
    this.stopOffering()
    this.#transfers.close()
  }
}

function dhcpSockets({ interface: nic, address, ports, relay, receiveBufferBytes }: StationOptions) {
  const common = { interface: nic, broadcast: true, manyAtOnce: true, receiveBufferBytes }
  const broadcasts = {
    service: 'dhcp',
    open: {
      ...common,
      address: limitedBroadcast,
      sourceAddress: address,
      port: ports.dhcp,
      inheritedName: `dhcp-${nic}`,
    },
  } as const
  const bootServer = {
    service: 'bootServer',
    open: { ...common, address, port: ports.bootServer, inheritedName: `boot-server-${nic}` },
  } as const
  const relayed = {
    service: 'dhcp',
    open: { ...common, address, port: ports.dhcp, inheritedName: `relay-${nic}` },
  } as const
  return relay ? [broadcasts, bootServer, relayed] : [broadcasts, bootServer]
}

function listen(
  socket: DatagramSocket,
  service: Arrival['service'],
  options: StationOptions,
  parts: StationParts,
): void {
  const { interface: nic, address: serverAddress } = options
  const trouble = new SendTrouble(options, parts.publish)
  const gate = new RequestGate(parts.now())
  const tally = new RefusalTally(nic, parts.publish)
  socket.onMessage((bytes, source) => {
    const nowMs = parts.now()
    const refusal = gate.refusal(bytes, nowMs)
    if (refusal !== undefined) return tally.count(refusal, nowMs)
    const arrival: Arrival = { interface: nic, serverAddress, service, source }
    const answer = parts.responder.answer(bytes, arrival, parts.policy(serverAddress))
    if (answer === undefined) return
    trouble.sending()
    socket.send(answer.bytes, destinationOf(answer))
  })
  socket.onError((error) => trouble.failed(error))
}

function destinationOf({ destination }: Answer): Endpoint {
  return destination.kind === 'broadcast'
    ? { address: limitedBroadcast, port: destination.port }
    : destination.to
}
