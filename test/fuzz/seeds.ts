import { goldens } from '../wire/tftp/golden.ts'

/** A TFTP datagram that a real program sent. Throws when there is none of that name. */
export function tftpGolden(name: string): Uint8Array {
  const found = goldens.find((golden) => golden.name === name)
  if (found === undefined) throw new Error(`no golden datagram ${name}`)
  return found.bytes
}
