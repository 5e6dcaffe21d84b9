import { randomBytes, randomInt } from 'node:crypto'
import { EmfPxeError } from '../errors/error.ts'
import { systemClock } from '../net/clock.ts'
import type { NetworkInterface } from '../net/interfaces.ts'
import { KernelNetwork } from '../net/kernel.ts'
import { type Choice, whyEdk2Drops } from '../node/choose.ts'
import { DhcpClient } from '../node/dhcp-client.ts'
import { chooseFrom } from '../node/network-boot.ts'
import { type OfferKind, readOffer } from '../node/offer.ts'
import { edk2Discover } from '../wire/dhcp/requests.ts'

/** One answer to the question of a booting node. */
export interface Answerer {
  readonly kind: OfferKind
  readonly server: string
  /** Address offered; undefined from a ProxyDHCP server. */
  readonly offered: string | undefined
  readonly bootFile: string | undefined
  /** Sent by this machine itself: our own service. */
  readonly isThisMachine: boolean
}

/** What was heard on a NIC; `silent` says why nobody could be asked. */
export type Heard =
  | { readonly answerers: readonly Answerer[]; readonly choice: Choice }
  | { readonly silent: string }

/** edk2 collects offers for this long before it chooses. */
const windowMs = 4000
/** Option 93 of UEFI firmware on x86-64. */
const x64Uefi = 7

/**
 * Broadcasts the DISCOVER of UEFI firmware on a NIC and collects who answers, as a node does that is
 * switched on there. Never throws: what keeps it from asking is told.
 */
export async function listen(nic: NetworkInterface): Promise<Heard> {
  if (!nic.running) return { silent: 'the link is down' }
  if (nic.addresses.length === 0) return { silent: 'it has no IPv4 address' }
  try {
    return await ask(nic)
  } catch (error) {
    if (error instanceof EmfPxeError) return { silent: plainReason(error) }
    return { silent: error instanceof Error ? error.message : String(error) }
  }
}

function plainReason(error: EmfPxeError): string {
  if (error.code === 'PORT_NOT_PERMITTED') return 'only root may ask on port 68'
  if (error.code === 'PORT_IN_USE') return 'a DHCP client of this machine holds port 68'
  return error.message
}

async function ask(nic: NetworkInterface): Promise<Heard> {
  const own = nic.addresses.map(({ address }) => address)
  const client = await DhcpClient.open({
    network: new KernelNetwork(),
    clock: systemClock,
    interface: nic.name,
    sourceAddress: own[0] ?? '0.0.0.0',
    ports: { server: 67, client: 68, bootServer: 4011 },
  })
  try {
    const heard = await client.ask(discover(), windowMs)
    const kept = heard.filter(({ packet }) => whyEdk2Drops(packet) === undefined)
    const answerers = kept.map(({ packet, from }): Answerer => {
      const { kind, server, bootFile } = readOffer(packet)
      const offered = packet.yiaddr === '0.0.0.0' ? undefined : packet.yiaddr
      return { kind, server, offered, bootFile, isThisMachine: own.includes(server) || own.includes(from) }
    })
    return { answerers: once(answerers), choice: chooseFrom(kept) }
  } finally {
    client.close()
  }
}

/** A locally administered address, another one each time: no server has a reservation for it. */
function discover() {
  const mac = [0x02, 0xe3, 0xf0, ...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0'))
  return edk2Discover({
    mac: mac.join(':'),
    architecture: x64Uefi,
    transactionId: randomInt(0, 0xffff_ffff),
  })
}

/** A server that answers by two ways is one server. */
function once(answerers: readonly Answerer[]): Answerer[] {
  return answerers.filter(
    ({ kind, server }, index) =>
      answerers.findIndex((other) => other.kind === kind && other.server === server) === index,
  )
}
