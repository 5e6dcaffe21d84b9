/** One record of a CSV file (RFC 4180) with the line it begins on, counted from 1. */
export interface CsvRecord {
  readonly line: number
  readonly fields: readonly string[]
}

export interface LineProblem {
  readonly line: number
  readonly message: string
}

export interface ParsedCsv {
  readonly records: readonly CsvRecord[]
  readonly problems: readonly LineProblem[]
}

/**
 * Reads CSV as spreadsheets write it: comma, semicolon or tab (whichever the first line has most of),
 * LF, CRLF or CR, quoted fields with doubled quotes and line breaks, a byte order mark. Never throws.
 * Empty lines are left out.
 */
export function parseCsv(text: string): ParsedCsv {
  const content = text.replace(/^\uFEFF/, '')
  const separator = separatorOf(content)
  const records: CsvRecord[] = []
  const problems: LineProblem[] = []
  let fields: string[] = []
  let startLine = 1
  let line = 1
  let at = 0

  const endRecord = () => {
    if (fields.some((field) => field !== '')) records.push({ line: startLine, fields })
    fields = []
    startLine = line
  }

  while (at < content.length) {
    const field = content[at] === '"' ? quotedField(content, at) : plainField(content, at, separator)
    if (field.problem !== undefined) problems.push({ line, message: field.problem })
    fields.push(field.value)
    line += field.lines
    at = skipToEnd(content, field.end, separator)
    if (at > field.end) problems.push({ line, message: 'text follows a closing quote' })
    if (content[at] === separator) {
      at += 1
      if (at === content.length) fields.push('')
    } else if (at < content.length) {
      at += content.startsWith('\r\n', at) ? 2 : 1
      line += 1
      endRecord()
    }
  }
  endRecord()
  return { records, problems }
}

interface Field {
  readonly value: string
  /** Index behind the field. */
  readonly end: number
  /** Line breaks inside. */
  readonly lines: number
  readonly problem?: string
}

function plainField(content: string, start: number, separator: string): Field {
  const end = skipToEnd(content, start, separator)
  return { value: content.slice(start, end).trim(), end, lines: 0 }
}

function quotedField(content: string, start: number): Field {
  let end = start + 1
  for (;;) {
    const quote = content.indexOf('"', end)
    if (quote === -1) {
      const value = content.slice(start + 1)
      return { value, end: content.length, lines: lineBreaks(value), problem: 'a quote is never closed' }
    }
    if (content[quote + 1] !== '"') {
      const value = content.slice(start + 1, quote).replaceAll('""', '"')
      return { value: value.trim(), end: quote + 1, lines: lineBreaks(value) }
    }
    end = quote + 2
  }
}

function skipToEnd(content: string, start: number, separator: string): number {
  let end = start
  while (end < content.length && content[end] !== separator && content[end] !== '\n' && content[end] !== '\r')
    end += 1
  return end
}

function lineBreaks(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0
}

function separatorOf(content: string): string {
  const firstLine = content.split(/[\r\n]/, 1)[0] ?? ''
  const count = (separator: string) => firstLine.split(separator).length
  return [';', '\t'].reduce((best, separator) => (count(separator) > count(best) ? separator : best), ',')
}

/** Writes CSV with commas and LF; a field is quoted when it must be (RFC 4180 §2). */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(quoteIfNeeded).join(',')}\n`).join('')
}

function quoteIfNeeded(field: string): string {
  return /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}
