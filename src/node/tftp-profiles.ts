/** How one kind of firmware fetches a file: what it asks for, and how patient it is. */
export interface TftpProfile {
  /** Asks for the size first, in a transfer of its own that it aborts (UefiPxeBcDxe does). */
  readonly probesSize: boolean
  /** Options in the order sent; `tsize` is sent as 0. */
  readonly options: ReadonlyMap<string, string>
  /** Wait before the last packet is sent again. */
  readonly timeoutMs: number
  /** How often a packet is sent before giving up. */
  readonly tries: number
}

const patient = { timeoutMs: 4000, tries: 6 }

/** edk2 since stable201811: MTU less 32 bytes a block, four blocks a window. */
export const edk2: TftpProfile = {
  ...patient,
  probesSize: true,
  options: new Map([
    ['tsize', '0'],
    ['blksize', '1468'],
    ['windowsize', '4'],
  ]),
}

/** edk2 before, and firmware with the window switched off. */
export const edk2LockStep: TftpProfile = {
  ...patient,
  probesSize: true,
  options: new Map([
    ['tsize', '0'],
    ['blksize', '1468'],
  ]),
}

/** iPXE: one transfer, blocks that fit a path with a tunnel. */
export const ipxe: TftpProfile = {
  timeoutMs: 1000,
  tries: 10,
  probesSize: false,
  options: new Map([
    ['blksize', '1432'],
    ['tsize', '0'],
  ]),
}

/** RFC 1350 as it was: 512 bytes, lock step, no options. */
export const plain: TftpProfile = { ...patient, probesSize: false, options: new Map() }
