import { readText } from '../../host/read.ts'
import { type Check, type CheckResult, ok, skipped, warning } from '../check.ts'

/** Only the machine's own network namespace shows it; the table is one for all namespaces. */
const limitFile = '/proc/sys/net/ipv4/neigh/default/gc_thresh3'
const countsFile = '/proc/net/stat/arp_cache'
/** Below this a site of a thousand nodes does not fit; Linux comes with 1024. */
const roomy = 4096
const wanted = 8192
const nearlyFull = 0.8

export interface NeighbourTable {
  readonly entries: number
  /** gc_thresh3. */
  readonly limit: number
  /** How often there was no room, since the machine started. */
  readonly timesFull: number
}

/** Once it is full, the kernel answers nobody's ARP request: no node gets anything from this machine. */
export const neighbourTable: Check = {
  id: 'neighbour-table',
  category: 'host',
  title: 'the kernel has room for all neighbours',
  dependsOn: [],
  async run() {
    const table = readNeighbourTable(readText(limitFile), readText(countsFile))
    return table === undefined ? skipped(`${limitFile} cannot be read here`) : verdict(table)
  },
}

/** The two files of /proc; undefined when they are not there or not as expected. */
export function readNeighbourTable(
  limitText: string | undefined,
  countsText: string | undefined,
): NeighbourTable | undefined {
  const limit = Number.parseInt(limitText ?? '', 10)
  const [heading = '', ...processors] = (countsText ?? '').trim().split('\n')
  const names = heading.trim().split(/\s+/)
  const rows = processors.map((line) => line.trim().split(/\s+/))
  const column = (name: string) => rows.map((row) => Number.parseInt(row[names.indexOf(name)] ?? '', 16))
  // Every processor's line repeats the number of entries; the other columns are its own.
  const [entries = Number.NaN] = column('entries')
  const timesFull = column('table_fulls').reduce((sum, times) => sum + times, 0)
  return [limit, entries, timesFull].some(Number.isNaN) ? undefined : { entries, limit, timesFull }
}

export function verdict({ entries, limit, timesFull }: NeighbourTable): CheckResult {
  const seen = `${entries} of ${limit} places are taken`
  const crowded = entries >= limit * nearlyFull
  if (!crowded && (timesFull === 0 || limit >= roomy)) return ok(seen)
  return warning(
    timesFull === 0 ? seen : `${seen}, and there was no room ${timesFull} times since the machine started`,
    `sysctl -w net.ipv4.neigh.default.gc_thresh3=${wanted}   # to keep it: a line in /etc/sysctl.d`,
  )
}
