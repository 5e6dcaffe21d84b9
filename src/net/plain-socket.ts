import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { DatagramOptions } from './datagram.ts'
import { KernelSocket } from './kernel-socket.ts'
import { limitedBroadcast } from './on-link.ts'

/** What operators must know when `openPlainSocket` is all there is; shown at start and by `status`. */
export const plainSocketLimits: readonly string[] = [
  'this Node cannot call the C library, so a request that came in by one network interface is answered on every configured one',
  'a DHCP server on this machine would lose the renewals that its clients send to its own address',
  'receive buffers stop at net.core.rmem_max',
]

/**
 * The fall-back without node:ffi. Broadcasts of every NIC are received; answers leave by the NIC
 * that has `sourceAddress`, through a second socket bound to it, for a socket on the broadcast
 * address would send by the NIC of the default route.
 */
export async function openPlainSocket(options: DatagramOptions): Promise<KernelSocket> {
  const { address, port, sourceAddress } = options
  if (address !== limitedBroadcast || sourceAddress === undefined) {
    const socket = await bound(options, address, false)
    return new KernelSocket({ socket, local: socket.address() })
  }
  const socket = await bound(options, address, true)
  try {
    const sendFrom = await bound(options, sourceAddress, true)
    return new KernelSocket({ socket, local: { address, port: socket.address().port }, sendFrom })
  } catch (error) {
    socket.close()
    throw error
  }

  async function bound(wanted: DatagramOptions, at: string, reuseAddr: boolean): Promise<Socket> {
    const { receiveBufferBytes: recvBufferSize } = wanted
    const made = createSocket({
      type: 'udp4',
      reuseAddr,
      ...(recvBufferSize === undefined ? {} : { recvBufferSize }),
    })
    made.bind({ address: at, port, exclusive: true })
    await once(made, 'listening')
    if (wanted.broadcast) made.setBroadcast(true)
    return made
  }
}
