import { availableParallelism, totalmem } from 'node:os'
import { escapeText } from '../ui/text.ts'

/** The hardware, for `status` and for those who are asked for help. */
export interface MachineFacts {
  readonly manufacturer: string | undefined
  readonly model: string | undefined
  /** Name of the hypervisor; undefined on bare metal, and where it hides. */
  readonly hypervisor: string | undefined
  readonly processors: number
  readonly memoryBytes: number
}

/** Manufacturer, model and hypervisor from the firmware's tables, where this user may read them. */
export async function readMachine(): Promise<MachineFacts> {
  // Loaded when it is needed: it is large, and serving never asks for this.
  const { default: information } = await import('systeminformation')
  const { manufacturer, model, virtual, virtualHost } = await information.system()
  return {
    manufacturer: known(manufacturer),
    model: known(model),
    hypervisor: virtual ? (known(virtualHost ?? '') ?? 'unknown') : undefined,
    processors: availableParallelism(),
    memoryBytes: totalmem(),
  }
}

function known(text: string): string | undefined {
  const trimmed = escapeText(text.trim())
  return trimmed === '' || trimmed === '-' ? undefined : trimmed
}
