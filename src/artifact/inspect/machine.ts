import type { Architecture } from '../../proxydhcp/types.ts'

/** COFF machine types (PE format specification, "Machine Types") that UEFI firmware exists for. */
const machines: Readonly<Record<number, { readonly name: string; readonly architecture?: Architecture }>> = {
  332: { name: '32-bit x86 (IA-32)', architecture: 'ia32' },
  450: { name: '32-bit ARM' },
  512: { name: 'Itanium' },
  3772: { name: 'EFI byte code' },
  20530: { name: '32-bit RISC-V' },
  20580: { name: '64-bit RISC-V' },
  25188: { name: '64-bit LoongArch' },
  34404: { name: 'x86-64', architecture: 'x64' },
  43620: { name: 'AArch64', architecture: 'arm64' },
}

export function machineName(machine: number): string {
  return machines[machine]?.name ?? `machine type 0x${machine.toString(16).padStart(4, '0')}`
}

/** Undefined for machines that no boot file can be configured for. */
export function machineArchitecture(machine: number): Architecture | undefined {
  return machines[machine]?.architecture
}

/** Windows subsystem numbers of UEFI images (UEFI specification §2.1.1). */
export const efiApplication = 10
const subsystems: Readonly<Record<number, string>> = {
  1: 'native Windows',
  2: 'Windows with windows',
  3: 'Windows console',
  [efiApplication]: 'EFI application',
  11: 'EFI boot service driver',
  12: 'EFI runtime driver',
  13: 'EFI ROM image',
}

export function subsystemName(subsystem: number): string {
  return subsystems[subsystem] ?? `subsystem ${subsystem}`
}

export function architectureName(architecture: Architecture): string {
  return { x64: 'x86-64', arm64: 'AArch64', ia32: '32-bit x86', bios: 'legacy BIOS' }[architecture]
}
