import { BlockList } from 'node:net'
import type { InterfaceAddress } from '../../net/address-book.ts'
import { type Check, type CheckResult, failed, ok, warning } from '../check.ts'
import type { HeardOnNic } from '../facts.ts'
import { addressed, onEachNic } from './site-dhcp.ts'

/**
 * A NIC may have addresses in several networks, of which the site's DHCP server gives out one: nodes
 * must be told the address that is in theirs, or have a router on the way to us.
 */
export const advertisedAddress: Check = {
  id: 'advertised-address',
  category: 'network',
  title: 'nodes are told an address that they reach',
  dependsOn: ['site-dhcp'],
  async run(facts) {
    const nics = new Map((await facts.servedNics()).map(({ name, addresses }) => [name, addresses]))
    return onEachNic(facts, (heard) => look(heard, nics.get(heard.nic) ?? []))
  },
}

function look({ nic, ourAddress, answers }: HeardOnNic, ours: readonly InterfaceAddress[]): CheckResult {
  const [first] = addressed(answers)
  const offered = first?.offeredAddress
  if (first === undefined || offered === undefined) return ok(`${nic}: nobody gives addresses`)
  const near = ours.filter((own) => isInNetworkOf(own, offered))
  if (near.some(({ address }) => address === ourAddress))
    return ok(`${nic}: ${ourAddress}, in the network of ${offered}`)
  const told = `${nic}: nodes get addresses such as ${offered} and are told ${ourAddress}`
  const [better] = near
  if (better !== undefined)
    return warning(
      `${told}, though ${better.address} of the same NIC is in their network`,
      `Set \`interfaces: [{ name: ${nic}, address: ${better.address} }]\` in the configuration; then: systemctl reload emf-pxe`,
    )
  if (first.routers.length > 0) return ok(`${told}, which they reach through ${first.routers[0]}`)
  return failed(
    `${told}, which is in another network, and they get no gateway`,
    `Give ${nic} an address in the network of ${offered}, or the pool of ${first.offer.server} a gateway (option 3).`,
  )
}

function isInNetworkOf({ address, prefixLength }: InterfaceAddress, other: string): boolean {
  const network = new BlockList()
  network.addSubnet(address, prefixLength)
  return network.check(other)
}
