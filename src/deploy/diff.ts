export interface DiffLine {
  readonly sign: ' ' | '+' | '-'
  readonly text: string
}

/**
 * Line by line, what became of a small file (longest common subsequence; the files of a
 * deployment have some dozen lines).
 */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [old, fresh] = [linesOf(before), linesOf(after)]
  const common = commonLengths(old, fresh)
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < fresh.length) {
    const [was, is] = [old[i], fresh[j]]
    if (was !== undefined && was === is) {
      lines.push({ sign: ' ', text: was })
      i++
      j++
    } else if (is === undefined || (was !== undefined && at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push({ sign: '-', text: was ?? '' })
      i++
    } else {
      lines.push({ sign: '+', text: is })
      j++
    }
  }
  return lines
}

/** Lines that differ, with up to `around` unchanged ones before and after each. */
export function contextOf(lines: readonly DiffLine[], around: number): readonly DiffLine[] {
  return lines.filter((_line, index) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some((near) => near.sign !== ' '),
  )
}

/** Lines that went or came, as a person counts them: a line rewritten is one. */
export function countChanged(lines: readonly DiffLine[]): number {
  const came = lines.filter((line) => line.sign === '+').length
  const went = lines.filter((line) => line.sign === '-').length
  return Math.max(came, went)
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

/** `table[i][j]`: length of the longest common subsequence of `old` from i and `fresh` from j. */
function commonLengths(old: readonly string[], fresh: readonly string[]): number[][] {
  const table = Array.from({ length: old.length + 1 }, () => new Array<number>(fresh.length + 1).fill(0))
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = fresh.length - 1; j >= 0; j--) {
      const row = table[i]
      if (row === undefined) continue
      row[j] =
        old[i] === fresh[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1))
    }
  return table
}

function at(table: readonly (readonly number[])[], i: number, j: number): number {
  return table[i]?.[j] ?? 0
}
