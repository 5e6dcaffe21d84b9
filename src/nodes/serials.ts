import { type CsvRecord, type LineProblem, parseCsv } from './csv.ts'
import { isSerial, normalMac, normalUuid } from './identifiers.ts'

/** Which machine has which serial number: PXE packets do not say. */
export interface SerialEntry {
  readonly line: number
  readonly mac: string | undefined
  readonly uuid: string | undefined
  readonly serial: string
}

export interface SerialList {
  readonly entries: readonly SerialEntry[]
  readonly problems: readonly LineProblem[]
}

type Column = 'mac' | 'uuid' | 'serial'

const columnNames: Readonly<Record<string, Column>> = {
  mac: 'mac',
  macaddress: 'mac',
  ethernet: 'mac',
  hardwareaddress: 'mac',
  uuid: 'uuid',
  systemuuid: 'uuid',
  smbiosuuid: 'uuid',
  guid: 'uuid',
  serial: 'serial',
  serialnumber: 'serial',
  serialno: 'serial',
  sn: 'serial',
  servicetag: 'serial',
}

/**
 * Reads a CSV file that pairs MAC or UUID with serial. With a header the columns may be in any order,
 * others are ignored, and the orchestrator's own file is understood; without one, cells are recognised
 * by their form. Rows whose serial is empty are left out: they wait to be filled in.
 */
export function parseSerials(text: string): SerialList {
  const { records, problems } = parseCsv(text)
  const columns = headerColumns(records[0])
  const rows = columns === undefined ? records : records.slice(1)
  const missing = missingColumns(columns)
  if (missing !== undefined)
    return { entries: [], problems: [...problems, { line: records[0]?.line ?? 1, message: missing }] }
  const read = rows.map((record) => readRow(record, columns))
  const entries = read.flatMap(({ entry }) => (entry === undefined ? [] : [entry]))
  return {
    entries,
    problems: [...problems, ...read.flatMap((row) => row.problems), ...contradictions(entries)].sort(
      (left, right) => left.line - right.line,
    ),
  }
}

type Columns = ReadonlyMap<Column, number>

/** Undefined when the first row is no header. */
function headerColumns(first: CsvRecord | undefined): Columns | undefined {
  const found = new Map<Column, number>()
  for (const [index, field] of (first?.fields ?? []).entries()) {
    const column = columnNames[field.toLowerCase().replaceAll(/[\s_.-]/g, '')]
    if (column !== undefined && !found.has(column)) found.set(column, index)
  }
  return found.size > 0 ? found : undefined
}

function missingColumns(columns: Columns | undefined): string | undefined {
  if (columns === undefined) return undefined
  if (!columns.has('serial')) return 'the header has no column “serial”'
  return columns.has('mac') || columns.has('uuid') ? undefined : 'the header has neither “mac” nor “uuid”'
}

interface ReadRow {
  readonly entry?: SerialEntry
  readonly problems: readonly LineProblem[]
}

function readRow({ line, fields }: CsvRecord, columns: Columns | undefined): ReadRow {
  const cells = columns === undefined ? cellsByForm(fields) : cellsByColumn(fields, columns)
  const { mac: macText, uuid: uuidText, serial } = cells
  const mac = macText === '' ? undefined : normalMac(macText)
  const uuid = uuidText === '' ? undefined : normalUuid(uuidText)
  const problem = (message: string): LineProblem => ({ line, message })
  const problems = [
    ...(macText !== '' && mac === undefined
      ? [problem(`“${macText}” is no MAC address; wanted one such as 52:54:00:12:34:56`)]
      : []),
    ...(uuidText !== '' && uuid === undefined ? [problem(`“${uuidText}” is no UUID`)] : []),
    ...(serial !== '' && !isSerial(serial)
      ? [problem(`“${serial}” is no serial number; the orchestrator takes 5 to 20 letters and digits`)]
      : []),
    ...(serial !== '' && macText === '' && uuidText === ''
      ? [problem(`serial ${serial} stands beside neither a MAC address nor a UUID`)]
      : []),
  ]
  if (problems.length > 0 || serial === '') return { problems }
  return { entry: { line, mac, uuid, serial }, problems }
}

interface Cells {
  readonly mac: string
  readonly uuid: string
  readonly serial: string
}

function cellsByColumn(fields: readonly string[], columns: Columns): Cells {
  const cell = (column: Column) => fields[columns.get(column) ?? -1] ?? ''
  return { mac: cell('mac'), uuid: cell('uuid'), serial: cell('serial') }
}

function cellsByForm(fields: readonly string[]): Cells {
  const mac = fields.find((field) => normalMac(field) !== undefined) ?? ''
  const uuid = fields.find((field) => normalUuid(field) !== undefined) ?? ''
  const serial = fields.find((field) => field !== '' && field !== mac && field !== uuid) ?? ''
  return { mac, uuid, serial }
}

/** One machine has one serial number, and one serial number belongs to one machine. */
function contradictions(entries: readonly SerialEntry[]): LineProblem[] {
  const seen = new Map<string, SerialEntry>()
  return entries.flatMap((entry) => {
    const keys = [entry.mac, entry.uuid].filter((key) => key !== undefined)
    const found = keys.flatMap((key) => {
      const before = seen.get(key)
      seen.set(key, before ?? entry)
      if (before === undefined || before.serial === entry.serial) return []
      return [
        { line: entry.line, message: `${key} has serial ${before.serial} in line ${before.line} already` },
      ]
    })
    const sameSerial = seen.get(`serial ${entry.serial}`)
    seen.set(`serial ${entry.serial}`, sameSerial ?? entry)
    const isOther =
      sameSerial?.uuid !== undefined && entry.uuid !== undefined && sameSerial.uuid !== entry.uuid
    if (isOther)
      found.push({
        line: entry.line,
        message: `serial ${entry.serial} belongs to another UUID in line ${sameSerial.line}`,
      })
    return found
  })
}
