import { randomInt } from 'node:crypto'
import type { Clock, DatagramNetwork } from '../net/datagram.ts'
import { whyEdk2Drops } from '../node/choose.ts'
import { DhcpClient, type HeardReply } from '../node/dhcp-client.ts'
import { type Offer, readOffer } from '../node/offer.ts'
import { markedAsPlayed } from '../proxydhcp/played-node.ts'
import { domainNameServers, routers } from '../wire/dhcp/addresses.ts'
import { vendorClass } from '../wire/dhcp/vendor-class.ts'
import type { NodeKind } from './kinds.ts'

export interface DiscoverOptions {
  readonly network: DatagramNetwork
  readonly clock: Clock
  readonly interface: string
  /** Address of ours on that NIC: what the question leaves with. */
  readonly sourceAddress: string
  readonly ports: { readonly server: number; readonly client: number; readonly bootServer: number }
  readonly kind: NodeKind
  readonly mac: string
  readonly uuid?: string | undefined
  /** How long answers are collected; edk2 waits 4 s. */
  readonly windowMs: number
  /** Ends the wait earlier. */
  readonly enough?: (answers: readonly Answer[]) => boolean
}

/** One answer on the LAN, read as firmware reads it. */
export interface Answer {
  readonly offer: Offer
  /** Source address of the datagram: the machine that sent it, or a relay. */
  readonly sender: string
  readonly afterMs: number
  readonly offeredAddress: string | undefined
  readonly routers: readonly string[]
  readonly nameServers: readonly string[]
  /** Option 60 of the answer. */
  readonly vendorClass: string | undefined
  /** Why edk2 drops it before it chooses. */
  readonly dropped: string | undefined
}

/**
 * Asks by broadcast as a node does and collects every answer. Nothing is ever requested: an offer that
 * nobody takes up costs a DHCP server nothing (RFC 2131 §4.3.1).
 * @throws EmfPxeError PORT_IN_USE, PORT_NOT_PERMITTED: the client port is not to be had
 */
export async function discover(options: DiscoverOptions): Promise<Answer[]> {
  const { kind, mac, uuid, windowMs, enough = () => false } = options
  const client = await DhcpClient.open(options)
  try {
    const hardware = { mac, architecture: kind.architecture, transactionId: randomInt(2 ** 32) }
    const request = markedAsPlayed(kind.discover(uuid === undefined ? hardware : { ...hardware, uuid }))
    const heard = await client.ask(request, windowMs, (replies) => enough(replies.map(readAnswer)))
    return heard.map(readAnswer)
  } finally {
    client.close()
  }
}

function readAnswer({ packet, from, afterMs }: HeardReply): Answer {
  return {
    offer: readOffer(packet),
    sender: from,
    afterMs,
    offeredAddress: packet.yiaddr === '0.0.0.0' ? undefined : packet.yiaddr,
    routers: routers(packet.options),
    nameServers: domainNameServers(packet.options),
    vendorClass: vendorClass(packet.options),
    dropped: whyEdk2Drops(packet),
  }
}
