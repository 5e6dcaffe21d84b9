import type { Explanation } from '../errors/explain.ts'
import { indent, wrap } from '../ui/text.ts'
import type { Theme } from '../ui/theme.ts'

/** An explanation for a person, wrapped to `columns`. */
export function formatExplanation(explanation: Explanation, theme: Theme, columns: number): string {
  switch (explanation.kind) {
    case 'ours':
      return ourText(explanation, theme, columns)
    case 'firmware':
      return firmwareText(explanation, theme, columns)
    default:
      return checkText(explanation, theme, columns)
  }
}

function ourText(explanation: Extract<Explanation, { kind: 'ours' }>, theme: Theme, columns: number): string {
  return [
    headed(explanation.code, `${explanation.title} (exit code ${explanation.exitCode})`, theme, columns),
    ...explanation.text.split('\n\n').map((paragraph) => reflow(paragraph, columns)),
    arrowed(explanation.hint, theme, columns),
  ]
    .filter((block) => block !== '')
    .join('\n\n')
}

function checkText(
  { kind, code, text }: Extract<Explanation, { kind: 'check' | 'diagnosis' }>,
  theme: Theme,
  columns: number,
): string {
  const about = kind === 'check' ? 'a check of emf-pxe status' : 'why a boot stopped'
  const paragraphs = text.split('\n\n').map((paragraph) => reflow(paragraph, columns))
  const how = kind === 'check' ? [arrowed(`emf-pxe status --only ${code}`, theme, columns)] : []
  return [`${theme.bold(code)}  ${about}`, ...paragraphs, ...how].join('\n\n')
}

function firmwareText(
  explanation: Extract<Explanation, { kind: 'firmware' }>,
  theme: Theme,
  columns: number,
): string {
  const meaning = (label: string, text: string | undefined) =>
    text === undefined ? [] : [indent(reflow(`${label}: ${text}`, columns - 2), 2)]
  const remedies = explanation.remedies.map(({ text, command }) => {
    const lines = [arrowed(text, theme, columns - 2)]
    if (command !== undefined) lines.push(indent(theme.accent(command), 2))
    return indent(lines.join('\n'), 2)
  })
  return [
    `${theme.bold(explanation.code)}  on a node’s screen`,
    [...meaning('UEFI', explanation.uefi), ...meaning('Legacy BIOS', explanation.bios)].join('\n'),
    `What to try\n${remedies.join('\n')}`,
  ].join('\n\n')
}

function headed(code: string, title: string, theme: Theme, columns: number): string {
  const [first = '', ...rest] = wrap(title, columns - code.length - 2)
  const margin = code.length + 2
  return [`${theme.bold(code)}  ${first}`, ...rest.map((line) => indent(line, margin))].join('\n')
}

function arrowed(text: string, theme: Theme, columns: number): string {
  const [first = '', ...rest] = wrap(text, columns - 2)
  return [`${theme.symbols.arrow} ${first}`, ...rest.map((line) => indent(line, 2))].join('\n')
}

/** Markdown paragraphs are wrapped anew; tables and code keep their lines. */
function reflow(paragraph: string, columns: number): string {
  if (/^(\||```| {4}|- )/.test(paragraph)) return paragraph
  const plain = paragraph.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll(/\s*\n\s*/g, ' ')
  return wrap(plain, columns).join('\n')
}
