import { readText } from './read.ts'

/**
 * The kernel's reverse-path filter of a NIC. `strict` drops what comes in by another NIC than an
 * answer would leave by: requests of relays, and of nodes on a subnet that two NICs share.
 */
export type ReversePathFilter = 'off' | 'strict' | 'loose'

/** The larger of the settings of `all` and of the NIC counts (ip-sysctl): 0 off, 1 strict, 2 loose. */
export function readReversePathFilter(nic: string, directory = '/proc/sys/net/ipv4/conf'): ReversePathFilter {
  const values = ['all', nic].map((name) => Number(readText(`${directory}/${name}/rp_filter`) ?? 0))
  const effective = Math.max(...values)
  return effective === 1 ? 'strict' : effective === 2 ? 'loose' : 'off'
}
