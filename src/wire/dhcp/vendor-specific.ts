import { DhcpOption } from './constants.ts'
import type { DhcpOptions } from './packet.ts'
import { encodeSubOptions, type SubOptions, subOptionsOf } from './sub-options.ts'

/** Option 43 (RFC 2132 §8.4) read as PXE sub-options: valid when option 60 begins `PXEClient` (PXE 2.1 §2.2.3). */
export function pxeSubOptions(options: DhcpOptions): SubOptions {
  return subOptionsOf(options, DhcpOption.vendorSpecific, 'pad-and-end')
}

/** Option 43 from PXE sub-options, with the 255 at its end that old ROMs read up to. */
export function encodePxeSubOptions(subOptions: SubOptions): Uint8Array {
  return encodeSubOptions(subOptions, 'end')
}
