/** TFTP names that nodes of these architectures are given; x64 nodes get `bootFileName`. */
export const usualBootFileNames = {
  arm64: 'ipxe-arm64.efi',
  ia32: 'ipxe-ia32.efi',
  bios: 'undionly.kpxe',
} as const
