import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { TftpPacket } from '../../../src/wire/tftp/packet.ts'

/** One datagram (`NAME.hex`, with its provenance in `#` lines) and its readable twin (`NAME.json`). */
export interface Golden {
  readonly name: string
  readonly bytes: Uint8Array
  readonly packet: TftpPacket
  /** Our encoder writes exactly these bytes; false for what we accept but never send. */
  readonly canonical: boolean
}

const directory = join(import.meta.dirname, '../../golden/tftp')

export const goldens: readonly Golden[] = globSync('*.hex', { cwd: directory }).sort().map(load)

function load(file: string): Golden {
  const name = basename(file, '.hex')
  const hex = readFileSync(join(directory, file), 'utf8').replaceAll(/^#.*$|\s/gm, '')
  const twin = JSON.parse(readFileSync(join(directory, `${name}.json`), 'utf8'))
  const { options, data, ...fields } = twin.packet
  const packet = {
    ...fields,
    ...(options === undefined ? {} : { options: new Map(options) }),
    ...(data === undefined ? {} : { data: Buffer.from(data, 'hex') }),
  }
  return { name, bytes: Buffer.from(hex, 'hex'), packet, canonical: twin.canonical }
}
