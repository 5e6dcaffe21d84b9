import { bytesToAddress } from './address.ts'
import { DhcpOption } from './constants.ts'
import type { DhcpOptions } from './packet.ts'

/** Option 54 (RFC 2132 §9.7): which server a message is from or for. */
export function serverIdentifier(options: DhcpOptions): string | undefined {
  return oneAddress(options, DhcpOption.serverIdentifier)
}

/** Option 50 (RFC 2132 §9.1): the address a client asks for. */
export function requestedAddress(options: DhcpOptions): string | undefined {
  return oneAddress(options, DhcpOption.requestedAddress)
}

/** Option 1 (RFC 2132 §3.3). */
export function subnetMask(options: DhcpOptions): string | undefined {
  return oneAddress(options, DhcpOption.subnetMask)
}

/** Option 3 (RFC 2132 §3.5), in order of preference. */
export function routers(options: DhcpOptions): readonly string[] {
  return manyAddresses(options, DhcpOption.router)
}

/** Option 6 (RFC 2132 §3.8), in order of preference. */
export function domainNameServers(options: DhcpOptions): readonly string[] {
  return manyAddresses(options, DhcpOption.domainNameServer)
}

/** Option 51 (RFC 2132 §9.2), seconds. */
export function leaseSeconds(options: DhcpOptions): number | undefined {
  const value = options.get(DhcpOption.leaseTime)
  if (value?.length !== 4) return undefined
  return new DataView(value.buffer, value.byteOffset).getUint32(0)
}

function oneAddress(options: DhcpOptions, option: number): string | undefined {
  const value = options.get(option)
  return value?.length === 4 ? bytesToAddress(value) : undefined
}

function manyAddresses(options: DhcpOptions, option: number): readonly string[] {
  const value = options.get(option) ?? new Uint8Array()
  return Array.from({ length: Math.floor(value.length / 4) }, (_, index) =>
    bytesToAddress(value.subarray(4 * index, 4 * index + 4)),
  )
}
