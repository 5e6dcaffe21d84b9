import { DhcpOption } from './constants.ts'
import type { DhcpOptions } from './packet.ts'

/** Option 93 (RFC 4578 §2.1): one or more architectures the client can boot, in order of preference. */
export function architectureCodes(options: DhcpOptions): readonly number[] {
  const value = options.get(DhcpOption.clientArchitecture) ?? new Uint8Array()
  return Array.from(
    { length: Math.floor(value.length / 2) },
    (_, index) => (value[2 * index] ?? 0) * 0x100 + (value[2 * index + 1] ?? 0),
  )
}

/** Names from IANA's registry "Processor Architecture Types" (RFC 5970 §3.3), in plain words. */
const architectureNames = new Map<number, string>([
  [0, 'x86 BIOS'],
  [1, 'NEC PC98'],
  [2, 'Itanium'],
  [3, 'DEC Alpha'],
  [4, 'Arc x86'],
  [5, 'Intel Lean Client'],
  [6, 'x86 UEFI'],
  [7, 'x64 UEFI'],
  [8, 'EFI XScale'],
  [9, 'EBC (sent by x64 UEFI too)'],
  [10, 'ARM 32-bit UEFI'],
  [11, 'ARM 64-bit UEFI'],
  [12, 'PowerPC Open Firmware'],
  [13, 'PowerPC ePAPR'],
  [14, 'POWER OPAL'],
  [15, 'x86 UEFI HTTP'],
  [16, 'x64 UEFI HTTP'],
  [17, 'EBC HTTP'],
  [18, 'ARM 32-bit UEFI HTTP'],
  [19, 'ARM 64-bit UEFI HTTP'],
  [20, 'x86 BIOS HTTP'],
  [21, 'ARM 32-bit U-Boot'],
  [22, 'ARM 64-bit U-Boot'],
  [23, 'ARM 32-bit U-Boot HTTP'],
  [24, 'ARM 64-bit U-Boot HTTP'],
  [25, 'RISC-V 32-bit UEFI'],
  [26, 'RISC-V 32-bit UEFI HTTP'],
  [27, 'RISC-V 64-bit UEFI'],
  [28, 'RISC-V 64-bit UEFI HTTP'],
])

/** Such as `x64 UEFI (7)`; `unknown (1234)` for a code without a name. */
export function architectureName(code: number): string {
  return `${architectureNames.get(code) ?? 'unknown'} (${code})`
}
