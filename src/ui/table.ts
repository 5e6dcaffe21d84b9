import { displayWidth, padTo, truncate } from './text.ts'
import type { Theme } from './theme.ts'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** This column gives way first when the table is too wide; default: the widest one. */
  readonly shrinks?: boolean
}

const gap = 2
const narrowest = 6

/**
 * Lines of a table without frames, never wider than `columns`: cells of shrinking columns are
 * cut with an ellipsis. Cells are plain text, already escaped; `paint` colours a finished cell.
 */
export function renderTable(
  table: {
    readonly columns: readonly Column[]
    readonly rows: readonly (readonly string[])[]
    readonly paint?: (cell: string, row: number, column: number) => string
  },
  theme: Theme,
  columns: number,
): string {
  const widths = fitWidths(table.columns, naturalWidths(table.columns, table.rows), columns)
  const line = (cells: readonly string[], paint: (cell: string, column: number) => string) =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0
        const shown = padTo(
          truncate(cell, width, theme.symbols.ellipsis),
          width,
          table.columns[index]?.align ?? 'left',
        )
        return paint(shown, index)
      })
      .join(' '.repeat(gap))
      .trimEnd()
  const header = line(
    table.columns.map((column) => column.title),
    (cell) => theme.dim(cell),
  )
  const { paint } = table
  const body = table.rows.map((row, rowIndex) =>
    line(row, (cell, column) => paint?.(cell, rowIndex, column) ?? cell),
  )
  return [header, ...body].join('\n')
}

function naturalWidths(columns: readonly Column[], rows: readonly (readonly string[])[]): number[] {
  return columns.map((column, index) =>
    Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(row[index] ?? ''))),
  )
}

/** Takes columns away one at a time from the widest column that may shrink. */
function fitWidths(columns: readonly Column[], natural: readonly number[], available: number): number[] {
  const widths = [...natural]
  const marked = columns.flatMap((column, index) => (column.shrinks === true ? [index] : []))
  const all = columns.map((_column, index) => index)
  const total = () => widths.reduce((sum, width) => sum + width, gap * Math.max(0, widths.length - 1))
  for (const candidates of [marked, all]) {
    while (total() > available) {
      const widest = candidates
        .filter((index) => (widths[index] ?? 0) > narrowest)
        .sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0]
      if (widest === undefined) break
      widths[widest] = (widths[widest] ?? 0) - 1
    }
  }
  return widths
}
