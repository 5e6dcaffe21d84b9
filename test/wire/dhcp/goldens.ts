import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hexToBytes } from '../../../src/wire/dhcp/hex.ts'

/**
 * Packets that real programs sent, with what another decoder reads in them. A new pair of files in
 * `test/golden/dhcp` is picked up by itself; its README says how to make one.
 */
export interface Golden {
  readonly name: string
  readonly bytes: Uint8Array
  readonly twin: GoldenTwin
}

export interface GoldenTwin {
  /** Which program sent it, version and circumstances. */
  readonly source: string
  /** UDP source and destination port. */
  readonly ports: readonly [number, number]
  readonly packet: {
    readonly op: number
    readonly htype: number
    readonly hlen: number
    readonly hops: number
    readonly xid: string
    readonly secs: number
    readonly flags: string
    readonly ciaddr: string
    readonly yiaddr: string
    readonly siaddr: string
    readonly giaddr: string
    readonly mac: string
    readonly sname: string
    readonly file: string
  }
  /** Code and value in hexadecimal, as they lie in the packet, parts of a split option apart. */
  readonly options: readonly (readonly [number, string])[]
  readonly meaning: {
    readonly messageType: number
    readonly uuid?: string
    readonly architecture?: number
    readonly vendorClass?: string
  }
  /** Why encoding it again gives other bytes; absent when it gives the same. */
  readonly rewritten?: string
}

const folder = join(import.meta.dirname, '../../golden/dhcp')

export const goldens: readonly Golden[] = globSync('*.hex', { cwd: folder })
  .sort()
  .map((file) => {
    const name = file.slice(0, -'.hex'.length)
    return {
      name,
      bytes: hexToBytes(readFileSync(join(folder, file), 'utf8')),
      twin: JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as GoldenTwin,
    }
  })

/** One of them. Throws when there is none of that name. */
export function golden(name: string): Golden {
  const found = goldens.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no golden packet ${name} in ${folder}`)
  return found
}
