import type { Architecture } from '../proxydhcp/types.ts'
import { type IpxeWishes, ipxeParts } from './ipxe-parts.ts'
import { peHeaders } from './pe-headers.ts'

export interface EfiImageWishes extends IpxeWishes {
  readonly architecture?: Exclude<Architecture, 'bios'>
  /** 10: application (default), 11: boot service driver. */
  readonly subsystem?: number
  /** Size of the unsigned file, rounded down to 8 bytes; made larger when its content needs more. Default 64 KiB. */
  readonly sizeBytes?: number
  /** Different seeds fill the unused part differently. Default 1. */
  readonly seed?: number
}

/** Sections lie at the same offsets in the file and in memory. */
const codeOffset = 0x1000
const dataOffset = 0x2000

/**
 * A small but true EFI application with iPXE's landmarks in it: version, script, certificates and the
 * table of trusted fingerprints, kept as iPXE keeps them. Firmware that starts it (x86-64) shows one
 * line and goes on to its next boot entry. Needs no tool; the same wishes give the same bytes.
 */
export function buildEfiImage(wishes: EfiImageWishes = {}): Buffer {
  const architecture = wishes.architecture ?? 'x64'
  const parts = ipxeParts(wishes, dataOffset, architecture === 'ia32' ? 4 : 8)
  const sizeBytes = Math.max((wishes.sizeBytes ?? 65_536) & ~7, dataOffset + parts.length + 7) & ~7
  const file = noise(sizeBytes, wishes.seed ?? 1)
  peHeaders({
    architecture,
    subsystem: wishes.subsystem ?? 10,
    headerSizeBytes: codeOffset,
    code: { offset: codeOffset, sizeBytes: dataOffset - codeOffset },
    // iPXE's linker aligns to 32 bytes; what is left over trails the last section.
    data: { offset: dataOffset, sizeBytes: (sizeBytes - dataOffset) & ~31 },
  }).copy(file)
  program(architecture).copy(file, codeOffset)
  parts.copy(file, dataOffset)
  return file
}

/** Bytes that do not compress and look like nothing (xorshift32). */
function noise(sizeBytes: number, seed: number): Buffer {
  const words = new Uint32Array(sizeBytes / 4)
  let state = (seed * 0x9e3779b1) | 1
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[index] = state
  }
  return Buffer.from(words.buffer)
}

const message = 'emf-pxe: this boot file came from the site server. Nothing else is in it.\r\n\0'

/** EFI entry points that return EFI_SUCCESS; the one for x86-64 first calls ConOut->OutputString. */
function program(architecture: Exclude<Architecture, 'bios'>): Buffer {
  const code = Buffer.alloc(dataOffset - codeOffset)
  const instructions = {
    // sub rsp,40 | mov rcx,[rdx+64] | lea rdx,[rip+17] | call [rcx+8] | xor eax,eax | add rsp,40 | ret
    x64: '4883ec28 488b4a40 488d1511000000 ff5108 31c0 4883c428 c3',
    ia32: '31c0 c3', // xor eax,eax | ret
    arm64: '000080d2 c0035fd6', // mov x0,#0 | ret
  }[architecture]
  code.write(instructions.replaceAll(' ', ''), 'hex')
  code.write(message, 32, 'utf16le')
  return code
}
