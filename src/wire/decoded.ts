/**
 * What a decoder returns: network bytes never throw. `problem` is a stable short
 * name (it becomes the reason an operator sees), `detail` says what was seen.
 */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string; readonly detail: string }

export function decoded<T>(value: T): Decoded<T> {
  return { ok: true, value }
}

export function malformed<T>(problem: string, detail: string): Decoded<T> {
  return { ok: false, problem, detail }
}
