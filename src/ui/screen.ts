import type { InputStream, OutputStream } from './streams.ts'

/** A terminal taken over whole, given back as it was. */
export interface Screen {
  readonly columns: number
  readonly rows: number
  /** Shows these lines; only those that changed are written. */
  draw(lines: readonly string[]): void
  close(): void
}

export interface ScreenEvents {
  /** One key as the terminal sends it: `q`, `\x03` for Ctrl-C, `\x1b[A` for up. */
  readonly onKey: (key: string) => void
  readonly onResize: () => void
}

const enter = '\x1b[?1049h\x1b[?25l\x1b[2J'
const leave = '\x1b[?25h\x1b[?1049l'
/** Terminals that know it show the whole change at once; others ignore it. */
const beginUpdate = '\x1b[?2026h'
const endUpdate = '\x1b[?2026l'

/** Takes over the terminal: alternate screen, no cursor, keys one by one. */
export function openScreen(stdin: InputStream, stdout: OutputStream, events: ScreenEvents): Screen {
  let shown: readonly string[] = []
  const resized = () => {
    shown = []
    stdout.write('\x1b[2J')
    events.onResize()
  }
  const keyed = (bytes: Buffer | string) => events.onKey(bytes.toString())
  stdout.write(enter)
  stdout.on('resize', resized)
  stdin.setRawMode?.(true)
  stdin.on('data', keyed)
  stdin.resume()
  return {
    get columns() {
      return stdout.columns ?? 80
    },
    get rows() {
      return stdout.rows ?? 24
    },
    draw: (lines) => {
      const changes = changedLines(shown, lines)
      if (changes !== '') stdout.write(beginUpdate + changes + endUpdate)
      shown = lines
    },
    close: () => {
      stdout.off('resize', resized)
      stdin.off('data', keyed)
      stdin.setRawMode?.(false)
      stdin.pause()
      stdout.write(leave)
    },
  }
}

function changedLines(before: readonly string[], after: readonly string[]): string {
  const count = Math.max(before.length, after.length)
  return Array.from({ length: count }, (_, index) => {
    const line = after[index] ?? ''
    return line === before[index] ? '' : `\x1b[${index + 1};1H${line}\x1b[0m\x1b[K`
  }).join('')
}
