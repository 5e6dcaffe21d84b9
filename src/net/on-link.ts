import { addressNumber } from './libc/address.ts'
import { type Route, readRoutes } from './routes.ts'

export const limitedBroadcast = '255.255.255.255'

/** Networks that a NIC reaches without a router. */
export type OnLinkNetworks = readonly Pick<Route, 'network' | 'mask'>[]

/**
 * Networks on the link of a NIC. The routing table knows them from the moment that the address is
 * set, while `os.networkInterfaces()` leaves out a NIC for up to a second after it came up.
 */
export function onLinkNetworks(nic: string, routes: readonly Route[] = readRoutes()): OnLinkNetworks {
  return routes.filter((route) => route.interface === nic && route.gateway === 0 && route.mask !== 0)
}

/** True for destinations that need no router: the limited broadcast, and all of these networks. */
export function isOnLink(networks: OnLinkNetworks, destination: string): boolean {
  if (destination === limitedBroadcast) return true
  const address = addressNumber(destination)
  return networks.some(({ network, mask }) => (address & mask) >>> 0 === network)
}
