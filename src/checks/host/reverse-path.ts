import { readText } from '../../host/read.ts'
import type { NetworkInterface } from '../../net/interfaces.ts'
import { type Route, readRoutes } from '../../net/routes.ts'
import { type Check, failed, ok, warning, worstOf } from '../check.ts'

const strict = 1

export const reversePath: Check = {
  id: 'reverse-path',
  category: 'host',
  title: 'reverse path filtering keeps no node out',
  dependsOn: ['configuration', 'nic-address'],
  async run(facts) {
    const routes = readRoutes()
    const results = (await facts.servedNics()).map((nic) => look(nic, routes))
    return worstOf(results)
  },
}

/** Strict filtering drops what comes in by another NIC than the answer would leave by (RFC 3704 §2.2). */
function look(nic: NetworkInterface, routes: readonly Route[]) {
  const mode = Math.max(filterOf('all'), filterOf(nic.name))
  if (mode !== strict) return ok(`${nic.name}: ${mode === 0 ? 'off' : 'loose'}`)
  const remedy = `sysctl -w net.ipv4.conf.${nic.name}.rp_filter=2`
  const elsewhere = nic.addresses
    .map(({ address }) => wayTo(address, routes))
    .find((name) => name !== undefined && name !== nic.name)
  if (elsewhere !== undefined)
    return failed(
      `${nic.name}: strict, and answers to its network leave by ${elsewhere}: nodes are not heard`,
      remedy,
    )
  const onlyWay = routes.some((route) => route.interface === nic.name && route.mask === 0)
  return behindARelay(nic.name, onlyWay, remedy)
}

/** Nodes behind a relay come from networks that are not on the link. */
function behindARelay(nic: string, hasDefaultRoute: boolean, remedy: string) {
  return hasDefaultRoute
    ? ok(`${nic}: strict, and answers leave by it`)
    : warning(`${nic}: strict: nodes behind a relay are not heard, those on the link are`, remedy)
}

function filterOf(name: string): number {
  return Number(readText(`/proc/sys/net/ipv4/conf/${name}/rp_filter`) ?? 0)
}

/** NIC of the best route to the network that an address is in. */
function wayTo(address: string, routes: readonly Route[]): string | undefined {
  const number = toNumber(address)
  const fitting = routes.filter(({ network, mask }) => (number & mask) >>> 0 === network)
  return fitting.sort((one, other) => other.mask - one.mask || one.metric - other.metric)[0]?.interface
}

function toNumber(address: string): number {
  return address.split('.').reduce((number, part) => (number * 256 + Number(part)) >>> 0, 0)
}
