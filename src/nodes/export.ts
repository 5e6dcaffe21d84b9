import { writeCsv } from './csv.ts'
import type { Machine } from './machines.ts'

/** The header of the orchestrator's own command line tool, releases 2025.2 and 2026. */
export const orchestratorCsvHeader = [
  'Serial',
  'UUID',
  'OSProfile',
  'Site',
  'Secure',
  'RemoteUser',
  'Metadata',
  'LVMSize',
  'CloudInitMeta',
  'K8sEnable',
  'K8sClusterTemplate',
  'K8sConfig',
  'Error - do not fill',
] as const

/** Values for every row; the orchestrator's tool wants at least a profile and a site to provision. */
export interface ExportColumns {
  readonly OSProfile?: string
  readonly Site?: string
  readonly Secure?: string
  readonly RemoteUser?: string
  readonly Metadata?: string
}

export interface NodesCsv {
  readonly csv: string
  readonly rows: number
  /** Machines that have neither serial number nor UUID: the orchestrator could not tell them apart. */
  readonly leftOut: readonly Machine[]
}

/** The machines as the orchestrator's tool reads them (`create host --import-from-csv`). */
export function exportNodes(machines: readonly Machine[], columns: ExportColumns = {}): NodesCsv {
  const known = machines.filter(({ serial, uuid }) => serial !== undefined || uuid !== undefined)
  const rows = known.map((machine) => {
    const values: Readonly<Record<string, string | undefined>> = {
      ...columns,
      Serial: machine.serial,
      UUID: machine.uuid,
    }
    return orchestratorCsvHeader.map((name) => values[name] ?? '')
  })
  return {
    csv: writeCsv([orchestratorCsvHeader, ...rows]),
    rows: rows.length,
    leftOut: machines.filter((machine) => !known.includes(machine)),
  }
}
