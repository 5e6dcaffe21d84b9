import type { Architecture } from '../types.ts'

export interface HintInputs {
  /** Our address, as nodes reach it. */
  readonly serverAddress: string
  /** TFTP names by architecture; one without a name gets no lines. */
  readonly bootFiles: Readonly<Partial<Record<Architecture, string>>>
  /**
   * For iPXE without a script of its own. Leave it out for the orchestrator's `signed_ipxe.efi`, which
   * has one: a DHCP server cannot tell it from iPXE in a ROM, which needs the boot file.
   */
  readonly scriptUrl?: string | undefined
}

/** One boot file and the architecture codes (option 93) that it is for. */
export interface HintedFile {
  readonly architecture: Architecture
  readonly codes: readonly number[]
  readonly name: string
}

/** Codes of PXE clients; HTTP boot has others, and wants a URL and another vendor class back. */
const pxeCodes: Readonly<Record<Architecture, readonly number[]>> = {
  x64: [7, 9],
  arm64: [11],
  ia32: [6],
  bios: [0],
}

export function hintedFiles({ bootFiles }: HintInputs): readonly HintedFile[] {
  const architectures: readonly Architecture[] = ['x64', 'arm64', 'ia32', 'bios']
  return architectures.flatMap((architecture) => {
    const name = bootFiles[architecture]
    return name === undefined ? [] : [{ architecture, codes: pxeCodes[architecture], name }]
  })
}

/** `0007` for 7: as option 93 carries it. */
export function codeInHex(code: number): string {
  return code.toString(16).padStart(4, '0')
}

/** `PXEClient:Arch:00007` for 7: as option 60 begins, for servers that cannot look into option 93. */
export function classPrefix(code: number): string {
  return `PXEClient:Arch:${String(code).padStart(5, '0')}`
}

/** A URL with what would end a word or a string in one of these files percent-encoded: quotes, commas, white space. */
export function pasteable(url: string): string {
  return url.replace(
    /["'`,;$\\\s]/g,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
