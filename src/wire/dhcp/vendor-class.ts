import { DhcpOption } from './constants.ts'
import type { DhcpOptions } from './packet.ts'
import { bytesToText } from './text.ts'

/** Option 60 (RFC 2132 §9.13) as sent, such as `PXEClient:Arch:00007:UNDI:003000`. */
export function vendorClass(options: DhcpOptions): string | undefined {
  const value = options.get(DhcpOption.vendorClass)
  return value === undefined ? undefined : bytesToText(value)
}

/** What a network boot client calls itself (PXE 2.1 §2.1, UEFI 2.10 §24.7). Nine letters decide, as in firmware. */
export const BootClientClass = { pxe: 'PXEClient', http: 'HTTPClient' } as const

/** `Arch:00007` in the vendor class: what a client is that leaves option 93 out (PXE 2.1, table 2-1). */
export function architectureInClass(classText: string): number | undefined {
  const digits = /:Arch:(\d{1,5})(?::|$)/.exec(classText)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
