import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** Hands a bound descriptor to Node's event loop, which owns it from then on. */
export async function adopt(descriptor: number): Promise<Socket> {
  const socket = createSocket('udp4')
  // With a descriptor, `bind` emits at once.
  const listening = once(socket, 'listening')
  socket.bind({ fd: descriptor })
  await listening
  return socket
}
