export interface CatalogViolation {
  /** `Application.profiles[0].name`. */
  readonly field: string
  readonly seen: string
  readonly wanted: string
}

/** Checks one value; `field` is its full name, for the message. */
export type Rule = (value: unknown, field: string) => readonly CatalogViolation[]

interface Field {
  readonly rule: Rule
  readonly required: boolean
}

export function required(rule: Rule): Field {
  return { rule, required: true }
}

export function optional(rule: Rule): Field {
  return { rule, required: false }
}

/** A text with a pattern and a greatest length; `wanted` says both in words. */
export function text(wanted: string, pattern: RegExp, longest: number): Rule {
  return (value, field) =>
    typeof value === 'string' && value.length <= longest && pattern.test(value)
      ? []
      : [violation(field, value, wanted)]
}

export function freeText(longest: number): Rule {
  return text(`a text of at most ${longest} characters`, /^/, longest)
}

export function oneOf(...values: readonly string[]): Rule {
  return (value, field) =>
    values.includes(String(value)) && typeof value === 'string'
      ? []
      : [violation(field, value, `one of ${values.join(', ')}`)]
}

export const trueOrFalse: Rule = (value, field) =>
  typeof value === 'boolean' ? [] : [violation(field, value, 'true or false')]

export function list(item: Rule, longest: number, wanted = `a list of at most ${longest} entries`): Rule {
  return (value, field) =>
    Array.isArray(value) && value.length <= longest
      ? value.flatMap((entry, index) => item(entry, `${field}[${index}]`))
      : [violation(field, value, wanted)]
}

/** A map of texts to texts, such as labels. */
export const textMap: Rule = (value, field) =>
  isRecord(value)
    ? Object.entries(value).flatMap(([key, entry]) =>
        typeof entry === 'string' ? [] : [violation(`${field}.${key}`, entry, 'a text')],
      )
    : [violation(field, value, 'a map of names to texts')]

/** A closed object: a field that is not listed is refused, as the catalog does. */
export function record(fields: Readonly<Record<string, Field>>): Rule {
  return (value, field) => {
    if (!isRecord(value)) return [violation(field, value, 'a map')]
    const unknown = Object.keys(value)
      .filter((key) => fields[key] === undefined)
      .map((key) =>
        violation(`${field}.${key}`, value[key], `no such field (known: ${Object.keys(fields).join(', ')})`),
      )
    const known = Object.entries(fields).flatMap(([key, { rule, required }]) => {
      const entry = value[key]
      if (entry === undefined) return required ? [violation(`${field}.${key}`, entry, 'a value')] : []
      return rule(entry, `${field}.${key}`)
    })
    return [...unknown, ...known]
  }
}

export function both(first: Rule, second: Rule): Rule {
  return (value, field) => [...first(value, field), ...second(value, field)]
}

export function violation(field: string, value: unknown, wanted: string): CatalogViolation {
  const shown = JSON.stringify(value) ?? 'missing'
  return { field, seen: shown.length > 80 ? `${shown.slice(0, 77)}…` : shown, wanted }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
