import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, 'regressions')

/** Inputs that did harm once, and must not again: `regressions/TARGET-NAME.hex`, with their story in `#` lines. */
export function inputsOf(target: string): readonly Uint8Array[] {
  return globSync(`${target}-*.hex`, { cwd: folder })
    .sort()
    .map((file) => readHex(join(folder, file)))
}

/** Bytes from hexadecimal text; lines with `#` and white space do not count. */
export function readHex(file: string): Uint8Array {
  return Buffer.from(readFileSync(file, 'utf8').replaceAll(/^#.*$|\s/gm, ''), 'hex')
}
