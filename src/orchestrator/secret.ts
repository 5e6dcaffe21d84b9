import { inspect } from 'node:util'

/**
 * A token or password. However it is printed (template, JSON, console, inspect, an error that
 * carries it), what appears is `[secret]`; only `reveal()` gives the value, at the place that sends it.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return shown
  }

  toJSON(): string {
    return shown
  }

  [inspect.custom](): string {
    return shown
  }
}

const shown = '[secret]'

/**
 * Text fit for a log or a support bundle: every given secret, in plain, URL-encoded, JSON and base64
 * form, and everything that looks like a JSON Web Token or a password in a URL, becomes `[secret]`.
 */
export function redact(text: string, secrets: readonly Secret[] = []): string {
  let clean = text
  for (const form of secrets.flatMap(writtenForms)) clean = clean.replaceAll(form, shown)
  return clean
    .replaceAll(/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, shown)
    .replaceAll(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${shown}`)
    .replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${shown}@`)
}

/** Longest first, so that no form leaves a part of another behind. */
function writtenForms(secret: Secret): string[] {
  const value = secret.reveal().toWellFormed()
  if (value.length < 4) return []
  const forms = [
    secret.reveal(),
    value,
    encodeURIComponent(value),
    new URLSearchParams({ value }).toString().slice('value='.length),
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString('base64'),
    Buffer.from(value).toString('base64url'),
  ]
  return [...new Set(forms)].sort((left, right) => right.length - left.length)
}
