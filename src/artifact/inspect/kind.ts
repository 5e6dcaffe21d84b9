/** What a file is when it is no EFI image. */
export interface ForeignKind {
  readonly kind: 'empty' | 'html' | 'json' | 'text' | 'bios' | 'archive' | 'other'
  /** Names it in a sentence: "it is …". Foreign text in it is not yet escaped. */
  readonly description: string
}

const magics: readonly (readonly [hex: string, kind: ForeignKind['kind'], description: string])[] = [
  ['1f8b', 'archive', 'a gzip archive'],
  ['fd377a585a00', 'archive', 'an xz archive'],
  ['28b52ffd', 'archive', 'a zstd archive'],
  ['504b0304', 'archive', 'a zip archive'],
  ['7f454c46', 'other', 'an ELF program'],
  // A far jump to 07c0:0005: how iPXE and other network boot programs for BIOS begin (iPXE's pxeprefix.S).
  ['ea0500c007', 'bios', 'a network boot program for legacy BIOS'],
  ['55aa', 'other', 'an option ROM'],
  ['565a', 'other', 'a TE image, as found inside firmware'],
]

const sniffedBytes = 4096

/** Recognises the files that people and captive portals hand out in place of a boot file. */
export function foreignKind(bytes: Buffer): ForeignKind {
  if (bytes.length === 0) return { kind: 'empty', description: 'empty' }
  const hex = bytes.toString('hex', 0, 8)
  const magic = magics.find(([prefix]) => hex.startsWith(prefix))
  if (magic !== undefined) return { kind: magic[1], description: magic[2] }
  // Linux boot protocol: "HdrS" at 0x202.
  if (bytes.toString('latin1', 0x202, 0x206) === 'HdrS') {
    return { kind: 'other', description: 'a Linux kernel image' }
  }
  return foreignText(bytes) ?? { kind: 'other', description: `a file that begins ${spaced(hex)}` }
}

/** Does it begin as a web page does: a login page served with status 200, for example? */
export function looksLikeHtml(bytes: Buffer): boolean {
  let text = bytes
    .toString('utf8', 0, sniffedBytes)
    .replace(/^\ufeff/, '')
    .trimStart()
  // Pages may open with an XML declaration and comments.
  for (let end = prologueEnd(text); end !== -1; end = prologueEnd(text)) text = text.slice(end).trimStart()
  return /^<(?:!doctype\s+html|html|head|body|script|meta|title)\b/i.test(text)
}

function prologueEnd(text: string): number {
  const close = text.startsWith('<!--') ? '-->' : text.startsWith('<?xml') ? '?>' : undefined
  const at = close === undefined ? -1 : text.indexOf(close)
  return close === undefined || at === -1 ? -1 : at + close.length
}

/** The page's title, one line, at most 80 characters; undefined when it has none. */
export function htmlTitle(bytes: Buffer): string | undefined {
  const title = /<title[^>]*>([^<]{1,400})/i.exec(bytes.toString('utf8', 0, 65_536))?.[1]
  const line = title?.replace(/\s+/g, ' ').trim().slice(0, 80)
  return line === '' ? undefined : line
}

function foreignText(bytes: Buffer): ForeignKind | undefined {
  if (looksLikeHtml(bytes)) {
    const title = htmlTitle(bytes)
    return { kind: 'html', description: `a web page${title === undefined ? '' : ` titled “${title}”`}` }
  }
  const start = bytes.subarray(0, sniffedBytes)
  if (start.includes(0) || start.filter((byte) => byte < 32 && (byte < 9 || byte > 13)).length > 0)
    return undefined
  const line = start.toString('utf8').trimStart().split('\n')[0]?.slice(0, 60) ?? ''
  const json = /^\s*[{[]/.test(start.toString('latin1'))
  return json
    ? { kind: 'json', description: `JSON text: ${line}` }
    : { kind: 'text', description: `text that begins “${line}”` }
}

function spaced(hex: string): string {
  return hex.replace(/..(?=.)/g, '$& ')
}
