import type { KnownNode } from './known-nodes.ts'
import type { SerialEntry } from './serials.ts'

/** One machine: the NICs that share a serial number or a UUID. */
export interface Machine {
  readonly macs: readonly string[]
  readonly uuid: string | undefined
  readonly serial: string | undefined
  /** Things worth a person's attention. */
  readonly notes: readonly string[]
}

/**
 * Joins what PXE taught with what the serial list says. A machine with two NICs is one machine; a
 * listed machine that was never seen is registered all the same, before its first boot.
 */
export function joinMachines(nodes: readonly KnownNode[], serials: readonly SerialEntry[]): Machine[] {
  const entryOf = serialFinder(serials)
  const pool = new MachinePool()
  for (const node of nodes) {
    const entry = entryOf(node)
    const uuid = node.uuid ?? entry?.uuid
    pool.add({ macs: [node.mac], uuid, serial: entry?.serial, notes: notesOn(node, entry) })
  }
  for (const { mac, uuid, serial } of serials)
    pool.add({ macs: mac === undefined ? [] : [mac], uuid, serial, notes: [] })
  return dropSharedUuids(pool.machines)
}

/** By MAC first: it names one NIC, while boards can share a UUID. */
function serialFinder(serials: readonly SerialEntry[]): (node: KnownNode) => SerialEntry | undefined {
  const byKey = new Map<string, SerialEntry>()
  for (const entry of serials)
    for (const key of [entry.mac, entry.uuid]) if (key !== undefined) byKey.set(key, entry)
  return ({ mac, uuid }) => byKey.get(mac) ?? (uuid === undefined ? undefined : byKey.get(uuid))
}

function notesOn(node: KnownNode, entry: SerialEntry | undefined): string[] {
  if (entry?.uuid === undefined || node.uuid === undefined || entry.uuid === node.uuid) return []
  return [`line ${entry.line} gives UUID ${entry.uuid}, but the node says ${node.uuid}`]
}

/** Machines in the order met, found again by serial number, NIC or UUID. */
class MachinePool {
  readonly machines: Machine[] = []
  readonly #bySerial = new Map<string, number>()
  readonly #byMac = new Map<string, number>()
  readonly #byUuid = new Map<string, number[]>()

  add(next: Machine): void {
    const known = this.#find(next)
    const index = known ?? this.machines.length
    const before = known === undefined ? undefined : this.machines[known]
    this.machines[index] = before === undefined ? next : joined(before, next)
    this.#remember(index)
  }

  /** The same serial is the same machine; different serials never are, whatever else they share. */
  #find(next: Machine): number | undefined {
    const bySerial = next.serial === undefined ? undefined : this.#bySerial.get(next.serial)
    if (bySerial !== undefined) return bySerial
    const candidates = [
      ...next.macs.map((mac) => this.#byMac.get(mac)),
      ...(next.uuid === undefined ? [] : (this.#byUuid.get(next.uuid) ?? [])),
    ]
    return candidates.find((index) => {
      const serial = index === undefined ? undefined : this.machines[index]?.serial
      return index !== undefined && (serial === undefined || next.serial === undefined)
    })
  }

  #remember(index: number): void {
    const machine = this.machines[index]
    if (machine === undefined) return
    if (machine.serial !== undefined) this.#bySerial.set(machine.serial, index)
    for (const mac of machine.macs) this.#byMac.set(mac, index)
    if (machine.uuid === undefined) return
    const sharing = this.#byUuid.get(machine.uuid) ?? []
    if (!sharing.includes(index)) this.#byUuid.set(machine.uuid, [...sharing, index])
  }
}

function joined(before: Machine, next: Machine): Machine {
  return {
    macs: [...new Set([...before.macs, ...next.macs])],
    uuid: before.uuid ?? next.uuid,
    serial: before.serial ?? next.serial,
    notes: [...new Set([...before.notes, ...next.notes])],
  }
}

/** Boards of one make can share a UUID; serial numbers then tell them apart, and the UUID is left out. */
function dropSharedUuids(machines: readonly Machine[]): Machine[] {
  const owners = Map.groupBy(machines, ({ uuid }) => uuid)
  return machines.map((machine) => {
    const { uuid } = machine
    if (uuid === undefined || (owners.get(uuid)?.length ?? 0) < 2) return machine
    return {
      ...machine,
      uuid: undefined,
      notes: [...machine.notes, `UUID ${uuid} is shared with another machine`],
    }
  })
}
