import { DhcpOption } from './constants.ts'
import type { ByteReader } from './reader.ts'

/**
 * Options as they lie on the wire (RFC 2132 §2):
 *
 * ```
 * | code (1) | length (1) | value (length) | ... | 255 |      0 is a pad byte without length
 * ```
 *
 * Values of one code are collected in the order seen and joined later (RFC 3396 §5).
 * A missing 255 is accepted: some firmware and relays leave it out. What follows it is not read.
 */
export function readOptions(reader: ByteReader, area: string, collected: OptionParts): void {
  while (reader.remaining > 0) {
    const code = reader.u8(area)
    if (code === DhcpOption.pad) continue
    if (code === DhcpOption.end) return
    const left = reader.remaining - 1
    const length = left < 0 ? 0 : reader.u8(area)
    if (left < length) {
      reader.fail('truncated-option', `option ${code} in ${area} is cut off: ${sayWhy(length, left)}`)
      return
    }
    collect(collected, code, reader.take(length, area))
  }
}

/** Values by option code, one part for each time the option was seen. */
export type OptionParts = Map<number, Uint8Array | Uint8Array[]>

/** Joins the parts of each option (RFC 3396 §7); an option seen once is not copied. */
export function joinOptions(collected: OptionParts): Map<number, Uint8Array> {
  for (const [code, parts] of collected) if (Array.isArray(parts)) collected.set(code, join(parts))
  return collected as Map<number, Uint8Array>
}

function sayWhy(length: number, left: number): string {
  return left < 0 ? 'its length byte is missing' : `it says ${length} bytes, ${left} are left`
}

function collect(collected: OptionParts, code: number, value: Uint8Array): void {
  const before = collected.get(code)
  if (before === undefined) collected.set(code, value)
  else if (Array.isArray(before)) before.push(value)
  else collected.set(code, [before, value])
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
