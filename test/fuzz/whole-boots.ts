import { golden as dhcpGolden } from '../wire/dhcp/goldens.ts'
import { seedOf } from './exchanges.ts'
import { tftpGolden } from './seeds.ts'

/** Whole boots as they should go, each in one input. */
export function wholeBoots(): Uint8Array[] {
  const dhcp = (name: string) => dhcpGolden(name).bytes
  const ack = (block: number) => Uint8Array.of(0, 4, block >> 8, block & 255)
  const fetch = [
    seedOf('node', 'tftp', tftpGolden('read-ovmf-size-probe')),
    seedOf('node', 'answering', tftpGolden('error-user-aborted')),
    seedOf('node', 'tftp', tftpGolden('read-ovmf')),
    ...[0, 4, 8, 12, 14].map((block) => seedOf('node', 'answering', ack(block))),
  ]
  return [
    [
      seedOf('nobody', 'dhcp', dhcp('edk2-x64-discover')),
      seedOf('nobody', 'dhcp', dhcp('edk2-x64-request')),
      ...fetch,
    ],
    [
      seedOf('nobody', 'dhcp', dhcp('ipxe-x64-discover')),
      seedOf('node', 'bootServer', dhcp('ipxe-x64-boot-server-request')),
    ],
    [
      seedOf('nobody', 'dhcp', dhcp('ipxe-rom-bios-discover')),
      seedOf('node', 'bootServer', dhcp('ipxe-rom-bios-boot-item-request')),
    ],
    [
      seedOf('nobody', 'dhcp', dhcp('edk2-x64-http-discover')),
      seedOf('relay', 'relay', dhcp('edk2-arm64-discover')),
    ],
    [
      seedOf('node', 'bootServer', dhcp('edk2-x64-boot-server-request')),
      seedOf('node', 'tftp', tftpGolden('read-ipxe-2025-autoexec')),
    ],
    [
      seedOf('other', 'tftp', tftpGolden('read-tftp-hpa')),
      seedOf('other', 'answering', ack(1)),
      seedOf('other', 'answering', ack(2)),
    ],
    [
      seedOf('other', 'tftp', tftpGolden('read-tftp-hpa-netascii')),
      seedOf('other', 'tftp', tftpGolden('write')),
      seedOf('node', 'answering', ack(7)),
    ],
    [
      ...fetch.slice(2, 4),
      seedOf('other', 'tftp', tftpGolden('read-ovmf')),
      seedOf('forged', 'tftp', tftpGolden('read-ovmf')),
      ...fetch.slice(2),
    ],
    // Firmware that makes nothing of the direct form: asks again, then the boot server.
    [
      ...[4_000, 4_000, 0].map((waitMs) => seedOf('nobody', 'dhcp', dhcp('edk2-x64-discover'), waitMs)),
      seedOf('node', 'bootServer', dhcp('edk2-x64-boot-server-request')),
      ...fetch,
    ],
    // All the way: iPXE out of the boot file, and the system after it.
    [
      seedOf('nobody', 'dhcp', dhcp('edk2-x64-discover')),
      seedOf('nobody', 'dhcp', dhcp('edk2-x64-request')),
      ...fetch,
      seedOf('nobody', 'dhcp', dhcp('ipxe-x64-discover')),
      seedOf('nobody', 'dhcp', dhcp('ipxe-x64-request'), 30_000),
      seedOf('nobody', 'dhcp', dhcp('udhcpc-discover')),
    ],
    // Lost and late: a request and acknowledgements again, a silence, a node that was reset.
    [
      ...[1, 20, 600].map((waitMs) => seedOf('node', 'tftp', tftpGolden('read-ovmf'), waitMs)),
      ...[0, 4, 4, 6].map((block) => seedOf('node', 'answering', ack(block), 600)),
      seedOf('node', 'tftp', tftpGolden('read-ovmf'), 30_000),
      seedOf('node', 'answering', ack(8)),
    ],
  ].map((exchanges) => Buffer.concat(exchanges))
}
