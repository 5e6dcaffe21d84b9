/**
 * Puts values into a template's `{{name}}` places. A place without a value, or a value without a
 * place, is our own mistake and throws: a half-filled unit file must never reach a machine.
 * A line that holds nothing but a place with an empty value disappears.
 */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  const unused = new Set(Object.keys(values))
  const take = (name: string): string => {
    const value = values[name]
    if (value === undefined) throw new Error(`the template has a place {{${name}}} that nothing fills`)
    unused.delete(name)
    return value
  }
  const filled = template
    .replaceAll(/^\{\{(\w+)\}\}\n/gm, (_line, name: string) => {
      const value = take(name)
      return value === '' ? '' : `${value.replace(/\n$/, '')}\n`
    })
    .replaceAll(/\{\{(\w+)\}\}/g, (_place, name: string) => take(name))
  if (unused.size > 0) throw new Error(`the template has no place for ${[...unused].join(', ')}`)
  return filled
}
