/** Where TFTP transfers come from, parsed from `tftp.dataPorts`. */
export type DataPorts =
  | { readonly kind: 'ephemeral' }
  | { readonly kind: 'single' }
  | { readonly kind: 'range'; readonly first: number; readonly last: number }

/** `ephemeral`, `single` or `FIRST-LAST`; undefined when the text is none of them or the range is empty. */
export function parseDataPorts(text: string): DataPorts | undefined {
  if (text === 'ephemeral' || text === 'single') return { kind: text }
  const [first, last] = text.split('-').map(Number)
  if (first === undefined || last === undefined || !(first >= 1) || !(last <= 65_535) || first > last)
    return undefined
  return { kind: 'range', first, last }
}
