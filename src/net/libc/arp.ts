import { addressNumber } from './address.ts'
import * as number from './constants.ts'
import type { Libc } from './libc.ts'

/*
 * struct arpreq (arp(7)):
 *
 *   protocol address   16   struct sockaddr_in, of which family and address are read
 *   hardware address   16   struct sockaddr
 *   flags               4
 *   netmask            16
 *   device             16   name of the NIC
 */
const addressAt = 4
const flagsAt = 32
const deviceAt = 52
const requestBytes = 68

/**
 * Whether the kernel knows the MAC address of a neighbour: one entry of its table, not all of it. True as
 * well where it cannot be asked. `descriptor`: any IPv4 socket.
 */
export function knowsNeighbour(libc: Libc, descriptor: number, nic: string, address: string): boolean {
  const request = Buffer.alloc(requestBytes)
  request.writeUInt16LE(number.AF_INET, 0)
  request.writeUInt32BE(addressNumber(address), addressAt)
  request.write(nic.slice(0, 15), deviceAt, 'latin1')
  if (libc.ioctl(descriptor, number.SIOCGARP, request) < 0) return libc.lastError() !== 'ENXIO'
  return (request.readInt32LE(flagsAt) & number.ATF_COM) !== 0
}
