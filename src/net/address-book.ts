import { networkInterfaces } from 'node:os'
import { readLocalAddresses } from './libc/addresses.ts'
import { type Libc, loadLibc } from './libc/libc.ts'

export interface InterfaceAddress {
  /** Dotted quad. */
  readonly address: string
  readonly prefixLength: number
}

/** IPv4 addresses of a NIC, the first one first. */
export type AddressBook = (nic: {
  readonly name: string
  readonly index: number
}) => readonly InterfaceAddress[]

/** All addresses as they are now; without the C library those of NICs whose link works. */
export function readAddressBook(libc: Libc | undefined = loadLibc()): AddressBook {
  const all = libc && readLocalAddresses(libc)
  if (all === undefined) return plainAddressBook()
  return ({ index }) =>
    all
      .filter(({ interfaceIndex }) => interfaceIndex === index)
      .map(({ address, prefixLength }) => ({ address, prefixLength }))
}

export function plainAddressBook(): AddressBook {
  const all = networkInterfaces()
  return ({ name }) =>
    (all[name] ?? [])
      .filter(({ family }) => family === 'IPv4')
      .map(({ address, cidr }) => ({ address, prefixLength: Number(cidr?.split('/')[1] ?? 32) }))
}
