import { EmfPxeError } from '../errors/error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { systemClock } from '../net/clock.ts'
import type { NetworkInterface } from '../net/interfaces.ts'
import { KernelNetwork } from '../net/kernel.ts'
import { type Choice, chooseAsEdk2 } from '../node/choose.ts'
import type { OfferKind } from '../node/offer.ts'
import { type Answer, discover } from '../probe/discover.ts'
import { nodeKinds } from '../probe/kinds.ts'
import { probeMac } from '../probe/mac.ts'

/** One server that answers a booting node. */
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

/**
 * Broadcasts the DISCOVER of UEFI firmware on a NIC and collects who answers, as a node does that is
 * switched on there. Never throws: what keeps it from asking is told.
 */
export async function listen(nic: NetworkInterface): Promise<Heard> {
  const own = nic.addresses.map(({ address }) => address)
  const [sourceAddress] = own
  if (!nic.running) return { silent: 'the link is down' }
  if (sourceAddress === undefined) return { silent: 'it has no IPv4 address' }
  try {
    const answers = await discover({
      network: new KernelNetwork(),
      clock: systemClock,
      interface: nic.name,
      sourceAddress,
      ports: { server: 67, client: 68, bootServer: 4011 },
      kind: nodeKinds['edk2-x64'],
      mac: probeMac(),
      windowMs,
    })
    const kept = answers.filter(({ dropped }) => dropped === undefined)
    const answerers = kept.map((answer) => answererOf(answer, own))
    return { answerers: once(answerers), choice: chooseAsEdk2(kept.map(({ offer }) => offer)) }
  } catch (error) {
    return { silent: plainReason(error) }
  }
}

function plainReason(error: unknown): string {
  if (!(error instanceof EmfPxeError)) return errorMessage(error)
  if (error.code === 'PORT_NOT_PERMITTED') return 'only root may ask on port 68'
  if (error.code === 'PORT_IN_USE') return 'a DHCP client of this machine holds port 68'
  return error.message
}

function answererOf({ offer, sender, offeredAddress }: Answer, own: readonly string[]): Answerer {
  const { kind, server, bootFile } = offer
  const isThisMachine = own.includes(server) || own.includes(sender)
  return { kind, server, offered: offeredAddress, bootFile, isThisMachine }
}

/** A server that answers twice is one server. */
function once(answerers: readonly Answerer[]): Answerer[] {
  return answerers.filter(
    ({ kind, server }, index) =>
      answerers.findIndex((other) => other.kind === kind && other.server === server) === index,
  )
}
