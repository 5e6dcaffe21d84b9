import { DhcpOption } from './constants.ts'
import type { DhcpOptions } from './packet.ts'

/** Sub-options by number, in the order first seen. */
export type SubOptions = ReadonlyMap<number, Uint8Array>

/**
 * Reads code-length-value triples inside an option. Lenient, as firmware is: pads are skipped where
 * `punctuation` has them, 255 ends the list, and a triple that is cut off ends it too; what was read before it stands.
 * Of a repeated sub-option the first counts.
 */
export function decodeSubOptions(bytes: Uint8Array, punctuation: 'pad-and-end' | 'none'): SubOptions {
  const found = new Map<number, Uint8Array>()
  let offset = 0
  while (offset < bytes.length) {
    const code = bytes[offset] ?? 0
    if (punctuation === 'pad-and-end' && code === DhcpOption.end) break
    if (punctuation === 'pad-and-end' && code === DhcpOption.pad) {
      offset += 1
      continue
    }
    const end = offset + 2 + (bytes[offset + 1] ?? 0)
    if (end > bytes.length) break
    if (!found.has(code)) found.set(code, bytes.subarray(offset + 2, end))
    offset = end
  }
  return found
}

/** Writes code-length-value triples. Throws a RangeError when a value is over 255 bytes. */
export function encodeSubOptions(subOptions: SubOptions, ending: 'end' | 'none'): Uint8Array {
  const bytes: number[] = []
  for (const [code, value] of subOptions) {
    if (value.length > 255) throw new RangeError(`sub-option ${code} is ${value.length} bytes, 255 fit`)
    bytes.push(code, value.length, ...value)
  }
  if (ending === 'end') bytes.push(DhcpOption.end)
  return Uint8Array.from(bytes)
}

/** Sub-options of one option of a packet; empty when the option is absent. */
export function subOptionsOf(
  options: DhcpOptions,
  option: number,
  punctuation: 'pad-and-end' | 'none',
): SubOptions {
  const value = options.get(option)
  return value === undefined ? noSubOptions : decodeSubOptions(value, punctuation)
}

const noSubOptions: SubOptions = new Map()
