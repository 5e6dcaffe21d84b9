import type { Machine } from '../nodes/machines.ts'
import type { RegistrationPlan, RegistrationResult, RegistrationSummary } from '../nodes/registration.ts'
import { escapeText } from '../ui/text.ts'
import type { Ui } from '../ui/ui.ts'
import { plural } from '../ui/units.ts'

/** Who would be registered, and who cannot be, with the reason. */
export function showPlannedHosts({ rows, skipped }: RegistrationPlan, ui: Pick<Ui, 'table'>): string {
  const columns = [{ title: 'NAME' }, { title: 'SERIAL' }, { title: 'UUID' }, { title: 'MAC' }]
  const cells = rows.map(({ host, machine }) => [
    host.name,
    host.serial ?? '-',
    host.uuid ?? '-',
    machine.macs[0] ?? '-',
  ])
  const notes = rows.flatMap(({ host, machine }) =>
    machine.notes.map((note) => `${host.name}: ${escapeText(note)}`),
  )
  const table = rows.length === 0 ? ['There is no machine to register.'] : [ui.table(columns, cells)]
  return [
    ...table,
    ...notes,
    ...skipped.map((entry) => `left out: ${nameOf(entry.machine)}: ${escapeText(entry.reason)}`),
  ].join('\n')
}

/** What the orchestrator said about one machine. */
export function showResult({ host, outcome }: RegistrationResult): string {
  if (outcome.kind === 'registered') return `${host.name}: registered${known(outcome.resourceId)}`
  if (outcome.kind === 'alreadyRegistered')
    return `${host.name}: was registered already${known(outcome.resourceId)}`
  return `${host.name}: ${outcome.kind}: ${escapeText(outcome.message)}`
}

export function showSummary(summary: RegistrationSummary | undefined): string {
  if (summary === undefined) return 'Nothing was registered.'
  const { registered, alreadyRegistered, failed } = summary
  return `${plural(registered, 'machine')} registered, ${alreadyRegistered} were already, ${failed} failed.`
}

function known(resourceId: string | undefined): string {
  return resourceId === undefined ? '' : ` as ${escapeText(resourceId)}`
}

function nameOf({ macs, uuid }: Machine): string {
  return macs[0] ?? uuid ?? 'a machine'
}
