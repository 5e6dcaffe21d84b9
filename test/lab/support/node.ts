import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Lan } from '../../support/namespaces.ts'
import { Program } from './program.ts'
import type { Transcript } from './transcript.ts'

export type Firmware = 'uefi-x64' | 'uefi-arm64' | 'bios'
export type NetworkCard = 'virtio-net-pci' | 'e1000' | 'e1000e' | 'rtl8139' | 'vmxnet3'

export interface NodeOptions {
  readonly firmware: Firmware
  readonly card: NetworkCard
  readonly mac: string
  readonly serial: string
  readonly uuid: string
  /** UEFI only: leave PXE out and try UEFI HTTP boot at once. */
  readonly httpBoot?: boolean
  /** UEFI x64 only: Secure Boot on, with Debian's test keys enrolled. */
  readonly secureBoot?: boolean
}

/** What a UEFI firmware is made of: its code, and the variables that each node gets a copy of. */
const flash = {
  'uefi-x64': { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', variables: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  'uefi-arm64': { code: '/usr/share/AAVMF/AAVMF_CODE.fd', variables: '/usr/share/AAVMF/AAVMF_VARS.fd' },
} as const

const enrolledVariables = '/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd'

/**
 * A machine that boots from its network card: QEMU without KVM (firmware does not run on it), its
 * serial line kept as text.
 */
export class Node {
  readonly #program: Program

  private constructor(program: Program) {
    this.#program = program
  }

  /** Plugs a new machine into the LAN's switch and switches it on; `directory` takes its variables. */
  static start(lan: Lan, directory: string, options: NodeOptions): Node {
    const tap = lan.addTap()
    mkdirSync(directory, { recursive: true })
    const command = commandLine(directory, tap, options)
    return new Node(new Program(lan.spawn(lan.switchNamespace, command), `node ${options.mac}`))
  }

  get console(): Transcript {
    return this.#program.output
  }

  /** Types on the serial console. */
  type(text: string): void {
    this.#program.type(text)
  }

  /** Switches it off, and returns when QEMU is gone. */
  async close(): Promise<void> {
    await this.#program.stop('SIGKILL')
  }
}

function commandLine(directory: string, tap: string, options: NodeOptions): string[] {
  return [
    ...machine(directory, options),
    ...(options.httpBoot === true ? withoutPxe : []),
    ...['-display', 'none', '-monitor', 'none', '-serial', 'stdio', '-no-reboot'],
    ...['-netdev', `tap,id=n0,ifname=${tap},script=no,downscript=no`],
    ...['-device', `${options.card},netdev=n0,mac=${options.mac}${rom(options)}`],
    ...['-smbios', `type=1,serial=${options.serial},uuid=${options.uuid}`],
  ]
}

/** OVMF's own switches (edk2-stable202208 on): with PXE off it comes to HTTP boot two minutes sooner. */
const withoutPxe = ['IPv4PXESupport', 'IPv6PXESupport'].flatMap((name) => [
  ...['-fw_cfg', `name=opt/org.tianocore/${name},string=no`],
])

function machine(directory: string, { firmware, secureBoot }: NodeOptions): string[] {
  if (firmware === 'bios')
    return [
      ...['qemu-system-x86_64', '-accel', 'tcg', '-machine', 'pc,graphics=off', '-m', '256'],
      ...['-boot', 'n'],
    ]
  const { code, variables } = flash[firmware]
  const ownVariables = join(directory, 'variables.fd')
  copyFileSync(secureBoot === true ? enrolledVariables : variables, ownVariables)
  const drives = [
    ...['-drive', `if=pflash,format=raw,readonly=on,file=${code}`],
    ...['-drive', `if=pflash,format=raw,file=${ownVariables}`],
  ]
  return firmware === 'uefi-x64'
    ? ['qemu-system-x86_64', ...accelerator, '-machine', 'q35', '-cpu', 'max', '-m', '768', ...drives]
    : [
        'qemu-system-aarch64',
        ...accelerator,
        '-machine',
        'virt',
        '-cpu',
        'cortex-a57',
        '-m',
        '768',
        ...drives,
      ]
}

const accelerator = ['-accel', 'tcg,thread=multi']

/**
 * OVMF has a driver of its own for virtio-net: with an empty ROM its own PXE client boots. For other
 * cards the driver comes in the card's ROM, with QEMU's iPXE, which boots first.
 */
function rom({ firmware, card }: NodeOptions): string {
  return firmware !== 'bios' && card === 'virtio-net-pci' ? ',romfile=' : ''
}
