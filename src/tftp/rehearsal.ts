import type { Clock, DatagramNetwork, DatagramSocket, Endpoint } from '../net/datagram.ts'
import { decode } from '../wire/tftp/decode.ts'
import { encode } from '../wire/tftp/encode.ts'
import { TftpServer } from './server.ts'

const loopback = '127.0.0.1'
const fileBytes = 1024 * 1024
const blockBytes = 1468
const windowSize = 4
const options = new Map([
  ['tsize', '0'],
  ['blksize', String(blockBytes)],
  ['windowsize', String(windowSize)],
])
/** A loopback that loses datagrams, or a firewall that drops them: the first node then waits a little. */
const patienceMs = 1000

export interface RehearsalParts {
  readonly network: DatagramNetwork
  readonly clock: Clock
  /** True when there are real nodes to serve: the rehearsal ends at once. */
  readonly isDisturbed: () => boolean
}

const transfers = 10

/**
 * Plays some transfers over loopback, so that the functions which every node needs are compiled
 * before the first node comes, which would otherwise wait about twice as long (ADR 0004). Other work
 * goes on in between. Resolves with the bytes that arrived; never rejects.
 */
export async function rehearse(parts: RehearsalParts): Promise<number> {
  const { network, clock } = parts
  const bytes = new Uint8Array(fileBytes)
  const server = new TftpServer({
    network,
    clock,
    lookup: () => ({ bytes }),
    observe: () => {},
    dataPorts: 'ephemeral',
    limits: { maxTransfers: 1, maxTransfersPerAddress: 1, maxBlockBytes: blockBytes, maxWindow: windowSize },
  })
  try {
    const { local } = await server.listen({ address: loopback, port: 0 })
    return await play(parts, local)
  } catch {
    // No loopback here: nothing is lost but the rehearsal.
    return 0
  } finally {
    server.close()
  }
}

async function play(parts: RehearsalParts, server: Endpoint): Promise<number> {
  const { network, clock, isDisturbed } = parts
  const endMs = clock.now() + patienceMs
  let arrived = 0
  for (let transfer = 0; transfer < transfers && clock.now() < endMs && !isDisturbed(); transfer++) {
    const socket = await network.open({ address: loopback, port: 0 })
    arrived += await fetch(socket, parts, server)
    socket.close()
  }
  return arrived
}

/** The shortest of clients, for a network that loses nothing. */
function fetch(
  socket: DatagramSocket,
  { clock, isDisturbed }: RehearsalParts,
  server: Endpoint,
): Promise<number> {
  return new Promise((resolve) => {
    let arrived = 0
    const giveUp = clock.schedule(patienceMs, () => resolve(arrived))
    socket.onError(() => {})
    socket.onMessage((bytes, from) => {
      const packet = decode(bytes)
      if (!packet.ok) return
      if (packet.value.type === 'oack') socket.send(encode({ type: 'ack', block: 0 }), from)
      if (packet.value.type !== 'data') return
      const { block, data } = packet.value
      arrived += data.length
      const last = data.length < blockBytes || isDisturbed()
      if (last || block % windowSize === 0) socket.send(encode({ type: 'ack', block }), from)
      if (!last) return
      giveUp()
      resolve(arrived)
    })
    socket.send(encode({ type: 'read', filename: 'rehearsal', mode: 'octet', options }), server)
  })
}
