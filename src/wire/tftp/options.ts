import { type Decoded, decoded, malformed } from '../decoded.ts'
import type { TftpOptions } from './packet.ts'
import { readText } from './text.ts'

/** Longest option number looked at: larger values would leave the exact integers. */
const mostDigits = 15

/**
 * Reads the `name NUL value NUL` pairs that end a request or an OACK (RFC 2347). Names are
 * lower-cased; the first of several equal names counts ("an option may only be specified once").
 * An empty name ends the list: some boot ROMs pad their request with zeros.
 */
export function readOptions(bytes: Uint8Array, start: number): Decoded<TftpOptions> {
  const options = new Map<string, string>()
  let offset = start
  while (offset < bytes.length) {
    const name = readText(bytes, offset)
    if (name === undefined) return malformed('tftp-unterminated-text', `option name at byte ${offset}`)
    if (name.text === '') break
    const value = readText(bytes, name.next)
    if (value === undefined) return malformed('tftp-unterminated-text', `option value at byte ${name.next}`)
    const key = name.text.toLowerCase()
    if (!options.has(key)) options.set(key, value.text)
    offset = value.next
  }
  return decoded(options)
}

/** Strictly decimal digits, at most 15 of them; undefined for signs, spaces, hexadecimal, text. */
export function readOptionNumber(value: string): number | undefined {
  if (value.length === 0 || value.length > mostDigits) return undefined
  return /^[0-9]+$/.test(value) ? Number(value) : undefined
}

export function optionTexts(options: TftpOptions): readonly string[] {
  return [...options].flat()
}
