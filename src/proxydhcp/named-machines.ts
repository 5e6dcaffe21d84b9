import { attemptWindowMs } from './offer-form.ts'
import type { NodeIdentity } from './types.ts'

/**
 * Which NIC of a machine its firmware booted from. iPXE out of the boot file has drivers for all of
 * them, and takes an address on the first one that has a link: it may come back with another MAC
 * address, and only the UUID (option 97) tells that it is the same machine. Bounded like `NodeMemories`.
 */
export class NamedMachines {
  readonly #byUuid = new Map<string, { readonly mac: string; readonly atMs: number }>()
  readonly #maxMachines: number

  constructor(maxMachines: number) {
    this.#maxMachines = maxMachines
  }

  /** Firmware was named a boot file. */
  note({ uuid, mac }: NodeIdentity, nowMs: number): void {
    if (uuid === undefined) return
    this.#byUuid.delete(uuid)
    this.#byUuid.set(uuid, { mac, atMs: nowMs })
    if (this.#byUuid.size <= this.#maxMachines) return
    const oldest = this.#byUuid.keys().next()
    if (oldest.done !== true) this.#byUuid.delete(oldest.value)
  }

  /** The MAC address of the NIC that this machine lately booted from; undefined when it is this one, or none. */
  bootedFrom({ uuid, mac }: NodeIdentity, nowMs: number): string | undefined {
    const named = uuid === undefined ? undefined : this.#byUuid.get(uuid)
    if (named === undefined || named.mac === mac || nowMs - named.atMs >= attemptWindowMs) return undefined
    return named.mac
  }
}
