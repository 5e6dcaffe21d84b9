import { once } from 'node:events'
import net, { isIP } from 'node:net'
import { translate } from './failures.ts'
import { lookupAsSystem } from './lookup.ts'
import type { Destination } from './proxy.ts'
import { type ConnectOptions, step } from './step.ts'

/** Name to addresses to one TCP connection; IPv6 and IPv4 are tried in turn (RFC 8305). */
export async function dial(at: Destination, options: ConnectOptions): Promise<net.Socket> {
  const { host, port } = options.connectTo?.(at) ?? at
  const addresses = isIP(host) === 0 ? await findAddresses(host, at, options) : [host]
  const answer = addresses.map((address) => ({ address, family: isIP(address) }))
  const socket = net.connect({
    host: 'prepared.invalid',
    port,
    autoSelectFamily: true,
    lookup: (_name, _options, done) => done(null, answer),
  })
  socket.on('error', () => undefined)
  await step('connect', at, options, once(socket, 'connect'), () => socket.destroy())
  return socket
}

async function findAddresses(
  host: string,
  at: Destination,
  options: ConnectOptions,
): Promise<readonly string[]> {
  const found = (options.lookup ?? lookupAsSystem)(host)
  const addresses = await step('name', at, options, found, () => undefined)
  if (addresses.length > 0) return addresses
  throw translate('name', { code: 'ENODATA' }, at)
}
