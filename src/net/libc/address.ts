import { AF_INET } from './constants.ts'

export const socketAddressBytes = 16

/** Writes a `struct sockaddr_in`: family in host order, port and address in network order. */
export function writeSocketAddress(view: DataView, offset: number, address: string, port: number): void {
  view.setUint16(offset, AF_INET, true)
  view.setUint16(offset + 2, port, false)
  view.setUint32(offset + 4, addressNumber(address), false)
}

/** A dotted quad as a 32-bit number; throws RangeError for anything else. */
export function addressNumber(address: string): number {
  let number = 0
  let octet = 0
  let digits = 0
  let dots = 0
  for (let index = 0; index < address.length; index++) {
    const code = address.charCodeAt(index)
    if (code === 46 && digits > 0) {
      number = number * 256 + octet
      octet = 0
      digits = 0
      dots++
    } else if (code >= 48 && code <= 57) {
      octet = octet * 10 + code - 48
      digits++
      if (octet > 255 || digits > 3) throw notAnAddress(address)
    } else throw notAnAddress(address)
  }
  if (dots !== 3 || digits === 0) throw notAnAddress(address)
  return number * 256 + octet
}

/** A 32-bit number as a dotted quad. */
export function addressText(number: number): string {
  return `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`
}

function notAnAddress(text: string): RangeError {
  return new RangeError(`not an IPv4 address: ${JSON.stringify(text)}`)
}
