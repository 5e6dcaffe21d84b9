import type { HostRegistration, RegistrationOutcome } from '../orchestrator/hosts.ts'
import type { Machine } from './machines.ts'

export interface RegistrationPlan {
  readonly rows: readonly PlannedHost[]
  readonly skipped: readonly SkippedMachine[]
}

export interface PlannedHost {
  readonly host: HostRegistration
  readonly machine: Machine
}

export interface SkippedMachine {
  readonly machine: Machine
  readonly reason: string
}

export interface RegistrationResult extends PlannedHost {
  readonly outcome: RegistrationOutcome
}

export interface RegistrationSummary {
  readonly registered: number
  readonly alreadyRegistered: number
  readonly failed: number
}

/** What would be registered, and what cannot be; nothing is sent. */
export function planRegistration(
  machines: readonly Machine[],
  options: { autoOnboard?: boolean } = {},
): RegistrationPlan {
  const { usable = [], unusable = [] } = Object.groupBy(machines, ({ serial, uuid }) =>
    serial === undefined && uuid === undefined ? 'unusable' : 'usable',
  )
  const names = new Set<string>()
  return {
    rows: usable.map((machine) => ({
      machine,
      host: {
        name: uniqueName(machine, names),
        serial: machine.serial,
        uuid: machine.uuid,
        autoOnboard: options.autoOnboard ?? true,
      },
    })),
    skipped: unusable.map((machine) => ({
      machine,
      reason:
        machine.notes.length > 0
          ? `no serial number, and ${machine.notes.join('; ')}`
          : 'it has neither a serial number nor a UUID of its own',
    })),
  }
}

/**
 * Registers row by row, in order, and reports each. An error that would hit every row (no token, no
 * connection) ends the run; what was registered before stays so, and a repetition finds it.
 */
export async function runRegistration(
  plan: RegistrationPlan,
  register: (host: HostRegistration) => Promise<RegistrationOutcome>,
  report: (result: RegistrationResult) => void = () => undefined,
): Promise<RegistrationSummary> {
  const counts = { registered: 0, alreadyRegistered: 0, failed: 0 }
  for (const row of plan.rows) {
    const outcome = await register(row.host)
    report({ ...row, outcome })
    if (outcome.kind === 'registered' || outcome.kind === 'alreadyRegistered') counts[outcome.kind] += 1
    else counts.failed += 1
  }
  return counts
}

const longestName = 20

/** `node-SERIAL` when it fits, else by MAC or UUID: names a technician finds on the machine. */
function uniqueName({ serial, macs, uuid }: Machine, taken: Set<string>): string {
  const [mac] = macs
  const wanted =
    serial !== undefined && serial.length <= longestName - 'node-'.length
      ? `node-${serial}`
      : (serial ??
        (mac === undefined ? `node-${(uuid ?? '').slice(-12)}` : `node-${mac.replaceAll(':', '')}`))
  let name = wanted
  for (let number = 2; taken.has(name); number += 1)
    name = `${wanted.slice(0, longestName - String(number).length - 1)}-${number}`
  taken.add(name)
  return name
}
