export interface EmbeddedScript {
  /** Where it begins in the file. */
  readonly offset: number
  /** As found, not yet escaped. */
  readonly text: string
  /** Where it goes next: what `chain`, `kernel`, `initrd` and their like load, settings filled in where known. */
  readonly urls: readonly string[]
}

// A hostile file must not keep us busy: real ones have one script of a few kilobytes.
const longestScript = 256 * 1024
const mostScripts = 16

/**
 * Scripts that were built in with EMBED= (src/image/embedded.c): the plain file, uncompressed. The
 * script probe (src/image/script.c) wants white space after `#!ipxe`; the probe's own copy of the
 * magic is followed by a NUL or more letters, and so is told apart. `text` is the file as Latin-1.
 */
export function findScripts(text: string): readonly EmbeddedScript[] {
  const scripts: EmbeddedScript[] = []
  const magic = /#![ig]pxe(?=\s)/g
  for (let match = magic.exec(text); match !== null; match = magic.exec(text)) {
    if (scripts.length === mostScripts) break
    const raw = textFrom(text, match.index)
    const script = decode(raw)
    scripts.push({ offset: match.index, text: script, urls: loadedUrls(script) })
    magic.lastIndex = Math.max(magic.lastIndex, match.index + raw.length)
  }
  return scripts
}

/**
 * The file does not say where a script ends. A NUL is a sure end; any other byte that no text has
 * belongs to the next object, whose first bytes may look like text: then the last whole line ends it.
 */
function textFrom(text: string, offset: number): string {
  const limit = Math.min(text.length, offset + longestScript)
  let end = offset
  while (end < limit && isText(text.charCodeAt(end))) end++
  const found = text.slice(offset, end)
  const sure = end === limit || text.charCodeAt(end) === 0
  return sure ? found : found.slice(0, found.lastIndexOf('\n') + 1)
}

/** White space, escape (scripts colour their messages), printable ASCII and the bytes of UTF-8. */
function isText(code: number): boolean {
  return (code >= 9 && code <= 13) || code === 27 || (code >= 32 && code !== 127)
}

function decode(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8')
}

const loadingCommands = new Set([
  'chain',
  'imgexec',
  'boot',
  'imgfetch',
  'module',
  'imgload',
  'imgselect',
  'kernel',
  'initrd',
  'shim',
  'sanboot',
])

/** URLs that a script's commands load, in order, each once. */
export function loadedUrls(script: string): readonly string[] {
  const settings = new Map<string, string>()
  const urls = new Set<string>()
  for (const command of commandsOf(script)) {
    const words = command.split(/[ \t]+/).filter(Boolean)
    const [name = '', ...rest] = words
    if (name === 'set') setSetting(settings, rest)
    if (!loadingCommands.has(name)) continue
    for (const word of rest) {
      const expanded = expand(word, settings)
      if (/^[a-z][a-z0-9+.-]*:\/\//i.test(expanded)) urls.add(expanded)
    }
  }
  return [...urls]
}

/** Continued lines joined, labels and comments dropped, `||` and `&&` split. */
function commandsOf(script: string): readonly string[] {
  return script
    .replace(/\\\r?\n/g, '')
    .split(/\r?\n/)
    .map((line) => line.trim().replace(/^:\S*\s*/, ''))
    .filter((line) => !line.startsWith('#'))
    .flatMap((line) => line.split(/(?:^|\s)(?:\|\||&&)(?:\s|$)/))
}

function setSetting(settings: Map<string, string>, [name, ...value]: readonly string[]): void {
  if (name !== undefined) settings.set(settingName(name), expand(value.join(' '), settings))
}

/** An unknown setting, such as one that DHCP gives, stays as `${name}`. */
function expand(word: string, settings: ReadonlyMap<string, string>): string {
  return word.replace(/\$\{([^{}]*)\}/g, (whole, name: string) => settings.get(settingName(name)) ?? whole)
}

/** `base:string` and `base` are one setting. */
function settingName(name: string): string {
  return name.split(':')[0] ?? name
}
