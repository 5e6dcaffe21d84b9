import { stripVTControlCharacters } from 'node:util'

/**
 * Foreign text (from the network, a file, another program) made safe for a terminal: control
 * characters, escape sequences, bidirectional overrides, invisible characters and lone
 * surrogates are written as `\n`, `\x1b`, `\u202e`. Printable text comes back unchanged.
 */
export function escapeText(foreign: string): string {
  return foreign.replaceAll(unsafe, escapeCharacter)
}

// Cc, Cf (bidi, zero-width, tags), Cs (lone surrogates), line and paragraph separators, unassigned.
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Cn}\p{Co}]/gu
const shortForms: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escapeCharacter(character: string): string {
  const short = shortForms[character]
  if (short !== undefined) return short
  const code = character.codePointAt(0) ?? 0
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`
}

const typographic: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
  '…': '...',
  '→': '->',
  '·': '-',
  '×': 'x',
}

/** Our own sentences for a terminal that cannot show typographic characters. */
export function plainPunctuation(text: string): string {
  return text.replaceAll(/[‘’“”–—…→·×]/g, (character) => typographic[character] ?? character)
}

/** Columns that text takes on a terminal: colours take none, East Asian wide characters take two. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of stripVTControlCharacters(text)) width += characterWidth(character)
  return width
}

const takesNoColumn = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u
const takesTwoColumns =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u

function characterWidth(character: string): number {
  if (takesNoColumn.test(character)) return 0
  return takesTwoColumns.test(character) ? 2 : 1
}

/** Pads plain or coloured text to `width` columns; longer text is left as it is. */
export function padTo(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const padding = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return align === 'left' ? text + padding : padding + text
}

/** Shortens plain text to `width` columns, ending in `ellipsis` when something was cut. */
export function truncate(text: string, width: number, ellipsis = '…'): string {
  if (displayWidth(text) <= width) return text
  const room = Math.max(0, width - displayWidth(ellipsis))
  let kept = ''
  let used = 0
  for (const character of text) {
    used += characterWidth(character)
    if (used > room) break
    kept += character
  }
  return kept + ellipsis
}

/**
 * Breaks text into lines of at most `width` columns at spaces; a word longer than a line (a
 * URL, a fingerprint) is kept whole so that it can be copied. Line breaks in the text hold.
 */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width))
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = []
  let current = ''
  for (const word of line.split(' ')) {
    const candidate = current === '' ? word : `${current} ${word}`
    if (current !== '' && displayWidth(candidate) > width) {
      lines.push(current)
      current = word
    } else {
      current = candidate
    }
  }
  return [...lines, current]
}

/** Each line of `text` moved right by `columns`. */
export function indent(text: string, columns: number): string {
  const margin = ' '.repeat(columns)
  return text
    .split('\n')
    .map((line) => (line === '' ? line : margin + line))
    .join('\n')
}
