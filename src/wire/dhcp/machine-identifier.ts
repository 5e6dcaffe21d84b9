import { DhcpOption } from './constants.ts'
import { bytesToHex, hexToBytes } from './hex.ts'
import type { DhcpOptions } from './packet.ts'

/** Option 97 as sent. Type 0 is a UUID; RFC 4578 §2.3 defines no other. */
export interface MachineIdentifier {
  readonly type: number
  readonly value: Uint8Array
}

export function machineIdentifier(options: DhcpOptions): MachineIdentifier | undefined {
  const bytes = options.get(DhcpOption.clientMachineIdentifier)
  if (bytes === undefined || bytes.length === 0) return undefined
  return { type: bytes[0] ?? 0, value: bytes.subarray(1) }
}

/**
 * The SMBIOS UUID as text in lower case, the way `dmidecode` and the orchestrator show it. On the
 * wire its first three fields are little-endian (SMBIOS §7.2.1, which PXE follows). Undefined when
 * absent, of another type, or all zeros or ones: firmware sends those when no UUID was programmed.
 */
export function machineUuid(options: DhcpOptions): string | undefined {
  const identifier = machineIdentifier(options)
  if (identifier === undefined || identifier.type !== 0 || identifier.value.length !== 16) return undefined
  const wire = identifier.value
  if (wire.every((byte) => byte === 0x00) || wire.every((byte) => byte === 0xff)) return undefined
  const text = bytesToHex(swapFields(wire))
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
    '-',
  )
}

/** Option 97 for a UUID in text. Throws a RangeError when the text is no UUID. */
export function encodeMachineUuid(uuid: string): Uint8Array {
  const bytes = hexToBytes(uuid)
  if (bytes.length !== 16) throw new RangeError(`${JSON.stringify(uuid)} is not a UUID`)
  return Uint8Array.from([0, ...swapFields(bytes)])
}

/** Where each byte comes from; its own inverse. */
const fieldOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]

function swapFields(bytes: Uint8Array): Uint8Array {
  const swapped = new Uint8Array(16)
  for (const [to, from] of fieldOrder.entries()) swapped[to] = bytes[from] ?? 0
  return swapped
}
