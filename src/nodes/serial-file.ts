import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import { parseSerials, type SerialEntry } from './serials.ts'

const mostShown = 20

/**
 * The entries of a CSV file that pairs MAC or UUID with serial, when all of it makes sense.
 * @throws EmfPxeError NODES_CSV_INVALID with every problem and its line
 */
export function requireSerials(text: string, fileName: string): readonly SerialEntry[] {
  const { entries, problems } = parseSerials(text)
  if (problems.length === 0) return entries
  const name = escapeText(fileName)
  const lines = problems
    .slice(0, mostShown)
    .map(({ line, message }) => `${name}:${line}: ${escapeText(message)}`)
  const more = problems.length - lines.length
  throw new EmfPxeError('NODES_CSV_INVALID', {
    message: [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
  })
}
