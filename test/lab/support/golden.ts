import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { run } from './cache.ts'
import type { CapturedDatagram } from './pcap.ts'

const directory = join(import.meta.dirname, '../../golden')

/** Which datagram of a capture becomes a golden. */
export interface Pick {
  /** File below `test/golden/`, without ending: `dhcp/…` or `tftp/…`. */
  readonly golden: string
  /** The program that sent it, with its version. */
  readonly from: string
  /** Which of those that match, counted from 0. */
  readonly nth: number
  readonly where: (datagram: CapturedDatagram) => boolean
}

/**
 * Writes one captured payload below `test/golden/` and returns a sentence about it. DHCP goes through
 * the importer there, which lets tshark write the readable twin; the twin of a TFTP packet is for a
 * person to write.
 */
export function writeGolden(pick: Pick, pcap: string, datagrams: readonly CapturedDatagram[]): string {
  const datagram = datagrams.filter(pick.where)[pick.nth]
  if (datagram === undefined) throw new Error(`nothing was captured for ${pick.golden}`)
  const name = basename(pick.golden)
  if (pick.golden.startsWith('dhcp/'))
    run(process.execPath, [join(directory, 'dhcp/import.ts'), pcap, `${datagram.frame}`, name, pick.from])
  else writeFileSync(join(directory, `${pick.golden}.hex`), hexFile(pick.from, datagram))
  return `${pick.golden}: ${datagram.payload.length} bytes, ${path(datagram)}`
}

function hexFile(from: string, datagram: CapturedDatagram): string {
  const day = new Date(datagram.atMs).toISOString().slice(0, 10)
  const lines = datagram.payload.toString('hex').match(/.{1,64}/g) ?? []
  return `# ${from}\n# ${path(datagram)}, captured ${day} by test/lab/capture-goldens.ts\n${lines.join('\n')}\n`
}

function path({ source, destination }: CapturedDatagram): string {
  return `${source.address}:${source.port} to ${destination.address}:${destination.port}`
}
