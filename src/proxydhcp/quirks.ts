import { textToTerminatedBytes } from '../wire/dhcp/text.ts'
import type { NodeIdentity } from './types.ts'

/**
 * Where real firmware departs from its specification and a reply has to take care. Each is named for
 * whoever makes it necessary; `docs/how-it-boots.md` lists them for readers.
 */

/** Raspberry Pi Ltd's address blocks at the IEEE. */
const raspberryPiOuis = new Set([
  ...['b8:27:eb', 'dc:a6:32', 'e4:5f:01', '28:cd:c1', 'd8:3a:dd', '2c:cf:67', '88:a2:9e'],
])

/**
 * The boot ROM of a Raspberry Pi says it is an x86 BIOS, wants the menu entry "Raspberry Pi Boot" in
 * option 43, and then fetches bootcode.bin or start4.elf: a BIOS file would be wasted on it. A Pi that
 * runs UEFI firmware says ARM and is served like any other node.
 */
export function isRaspberryPiRom(node: NodeIdentity): boolean {
  return node.architectureCode === 0 && raspberryPiOuis.has(node.mac.slice(0, 8))
}

/**
 * Longest name put into `file`: 127 bytes and a NUL. Names go there rather than into option 67
 * because some BIOS ROMs read 67 without its length, and edk2 prefers 67 only when it is there.
 */
export const longestFileFieldName = 127

/** Longest name for option 67 with its NUL: neither edk2 nor iPXE joins an option that was split. */
export const longestBootFileOptionName = 254

/**
 * Option 67 with a NUL at the end: edk2 writes one behind an unterminated value and so wipes out the
 * code of the next option, and ROMs that forget the length read on into the 255.
 */
export function bootFileOption(name: string): Uint8Array {
  return textToTerminatedBytes(name)
}

/**
 * A ROM on a slow link sends its first DISCOVER again after 2 s (Intel) or 4 s (PXE 2.1 §2.2.1).
 * Whatever comes sooner is one and the same DISCOVER, heard by two NICs or two relays.
 */
export const duplicateWithinMs = 1_000
