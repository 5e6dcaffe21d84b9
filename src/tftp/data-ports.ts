import { EmfPxeError } from '../errors/error.ts'
import type { DatagramNetwork, DatagramOptions, DatagramSocket } from '../net/datagram.ts'

/** `ephemeral`, `single` or `40000-40099`: `tftp.dataPorts` of the configuration. */
export type DataPorts = string

/**
 * Sockets that transfers leave from. RFC 1350 §4 gives each transfer its own port, so that the pair
 * of ports names it. A client takes a fresh port for each request, so client address and port name
 * it just as well, and a few shared sockets serve thousands: the kernel's receive buffer is used by
 * whoever needs it, and the event loop polls a handful of descriptors instead of thousands.
 * Following transfers of one client take different sockets, so that late datagrams of the first
 * cannot be taken for the second's.
 */
const socketsShared = 4

/** Opens the data sockets; `single` has none, its transfers use the request socket. */
export async function openDataSockets(
  network: DatagramNetwork,
  dataPorts: DataPorts,
  options: Omit<DatagramOptions, 'port'>,
): Promise<DatagramSocket[]> {
  if (dataPorts === 'single') return []
  const [first, last] = dataPorts === 'ephemeral' ? [0, 0] : rangeOf(dataPorts)
  if (first === 0)
    return await openAll(Array.from({ length: socketsShared }, () => network.open({ ...options, port: 0 })))
  return await openInRange(network, options, first, last)
}

/** The first free ports of the range; fails only when every one of them is taken. */
async function openInRange(
  network: DatagramNetwork,
  options: Omit<DatagramOptions, 'port'>,
  first: number,
  last: number,
): Promise<DatagramSocket[]> {
  const sockets: DatagramSocket[] = []
  let problem: unknown
  for (let port = first; port <= last && sockets.length < socketsShared; port++) {
    try {
      sockets.push(await network.open({ ...options, port }))
    } catch (error) {
      if (!(error instanceof EmfPxeError && error.code === 'PORT_IN_USE')) {
        for (const socket of sockets) socket.close()
        throw error
      }
      problem = error
    }
  }
  if (sockets.length === 0) throw problem
  return sockets
}

/** All or none: what was opened is closed again when one fails. */
async function openAll(opening: readonly Promise<DatagramSocket>[]): Promise<DatagramSocket[]> {
  const results = await Promise.allSettled(opening)
  const sockets = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed === undefined) return sockets
  for (const socket of sockets) socket.close()
  throw failed.reason
}

function rangeOf(dataPorts: DataPorts): [first: number, last: number] {
  const [first, last] = dataPorts.split('-').map(Number)
  if (first === undefined || last === undefined || !(first >= 1 && first <= last && last <= 65_535))
    throw new EmfPxeError('CONFIG_INVALID', {
      message: `tftp.dataPorts is ${JSON.stringify(dataPorts)}, wanted ephemeral, single or a range such as 40000-40099`,
    })
  return [first, last]
}
