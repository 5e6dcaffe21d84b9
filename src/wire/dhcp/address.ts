/** Dotted quad of four bytes; `0.0.0.0` when there are fewer. */
export function bytesToAddress(bytes: Uint8Array): string {
  const [a = 0, b = 0, c = 0, d = 0] = bytes
  return a + b + c + d === 0 || bytes.length < 4 ? unspecifiedAddress : `${a}.${b}.${c}.${d}`
}

/** RFC 1122 §3.2.1.3: this host, no address yet. */
export const unspecifiedAddress = '0.0.0.0'

/** The four bytes of a dotted quad. Throws a RangeError for anything else: addresses are ours, not the network's. */
export function addressToBytes(address: string): Uint8Array {
  const bytes = new Uint8Array(4)
  writeAddress(bytes, 0, address)
  return bytes
}

/** Writes a dotted quad at `offset`. Throws as `addressToBytes` does. */
export function writeAddress(bytes: Uint8Array, offset: number, address: string): void {
  if (address === unspecifiedAddress) return
  const parts = address.split('.')
  const whole = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)
  if (!whole) throw new RangeError(`${JSON.stringify(address)} is not an IPv4 address such as 192.0.2.1`)
  bytes.set(parts.map(Number), offset)
}
