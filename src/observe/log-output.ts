import type { OutputStream } from '../ui/streams.ts'

/** Of lines that wait for their reader: a storm of 1000 nodes is a fifth of it. */
const mostWaitingBytes = 4 << 20

/**
 * Writes lines for as long as somebody reads them. A pipe takes what the reader is behind with into
 * this process's memory, without end; beyond some megabytes lines are lost instead, and `lost` says
 * how many in the first line after them.
 */
export function logOutput(stream: OutputStream, lost: (lines: number) => string): (line: string) => void {
  let lostLines = 0
  return (line) => {
    if ((stream.writableLength ?? 0) > mostWaitingBytes) {
      lostLines++
      return
    }
    if (lostLines > 0) stream.write(lost(lostLines))
    lostLines = 0
    stream.write(line)
  }
}

/** For `jsonLog`: a line with the fields that every line has. */
export function lostAsJson(lines: number): string {
  const time = new Date().toISOString()
  return `${JSON.stringify({ time, level: 'warning', event: 'log.lost', lines, message: lostSentence(lines) })}\n`
}

/** For a person. */
export function lostAsText(lines: number): string {
  return `${lostSentence(lines)}\n`
}

function lostSentence(lines: number): string {
  return `${lines} lines of this log were lost: its reader was too slow`
}
