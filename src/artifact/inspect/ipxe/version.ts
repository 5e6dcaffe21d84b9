/**
 * iPXE keeps its version as a string of its own beside its product name (src/core/version.c), in the
 * forms `1.21.1+ (g4bd064de)`, `1.0.0+git-20190125.36a4c85-5.1`, `2.0.0`. Newer builds repeat it in
 * an SBAT line. Undefined when neither is there. `text` is the file as Latin-1.
 */
export function findVersion(text: string): string | undefined {
  return versionFromSbat(text) ?? versionBesideName(text)
}

/** `ipxe,1,iPXE,ipxe.efi,2.0.0,https://ipxe.org` */
function versionFromSbat(text: string): string | undefined {
  return /\bipxe,\d{1,4},[^,\n]{1,40},[^,\n]{1,80},([ -+\--~]{1,80}),https?:\/\//.exec(text)?.[1]
}

const productName = '\0iPXE\0'
const reach = 256
const mostNames = 64

/** Of the strings near a product name that look like a version, the nearest. */
function versionBesideName(text: string): string | undefined {
  let best: { readonly version: string; readonly distance: number } | undefined
  let names = 0
  for (let name = text.indexOf(productName); name !== -1; name = text.indexOf(productName, name + 1)) {
    if (++names > mostNames) break
    let at = Math.max(0, name - reach)
    for (const string of text.slice(at, name + reach).split('\0')) {
      const distance = Math.abs(at - name)
      if (versionString.test(string) && (best === undefined || distance < best.distance)) {
        best = { version: string, distance }
      }
      at += string.length + 1
    }
  }
  return best?.version
}

const versionString = /^\d{1,3}\.\d{1,3}\.\d{1,3}(?:[+~-][\w.+~-]{0,64})?(?: \([\w.-]{1,64}\))?$/
