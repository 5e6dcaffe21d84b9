import type { SchemaNode } from './config-schema.ts'

const introduction = `# The configuration file

<!-- Made from src/config/schema.ts by \`node bin/write-docs.ts\`. -->

One YAML file holds everything, by default \`/etc/emf-pxe/config.yaml\`; \`emf-pxe init\` writes it, and
\`--config FILE\` or \`EMF_PXE_CONFIG\` names another. A flag wins over its twin in the environment, the
environment over the file, the file over the default. A problem is reported with its line, all of them
at once. Unknown fields are problems too: a misspelt name must not go unnoticed.

The least that is needed:

\`\`\`yaml
version: 1
interfaces:
  - name: eth1
orchestrator:
  fqdn: edge.example.com
\`\`\`

Editors that know JSON Schema complete and check the file with
[config.schema.json](config.schema.json).`

/** `docs/config.md`: every field, in the order of the schema. */
export function configDocument(schema: SchemaNode): string {
  const fields = Object.entries(schema.properties ?? {})
  const plain = fields.filter(([, node]) => children(node) === undefined)
  const groups = fields.filter(([, node]) => children(node) !== undefined)
  return `${[
    introduction,
    '## Top level',
    table(plain, schema.required),
    ...groups.flatMap(([name, node]) => groupSection(name, node)),
  ].join('\n\n')}\n`
}

function groupSection(name: string, node: SchemaNode): string[] {
  const inside = children(node)
  const list = node.type === 'array' ? ' A list; each entry has:' : ''
  return [
    `## ${name}`,
    `${node.description ?? ''}${list}`,
    table(Object.entries(inside?.properties ?? {}), inside?.required),
  ]
}

/** The object whose fields get a table of their own: this one, or the entries of a list. */
function children(node: SchemaNode): SchemaNode | undefined {
  const inside = node.items ?? node
  return inside.properties === undefined ? undefined : inside
}

function table(fields: readonly (readonly [string, SchemaNode])[], required: readonly string[] = []): string {
  const rows = fields.map(([name, node]) => [
    `\`${name}\``,
    cell(values(node)),
    defaultValue(node, required.includes(name)),
    cell(node.description ?? ''),
  ])
  return [['Field', 'Value', 'Default', 'Meaning'], ['---', '---', '---', '---'], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}

/** What may be written, in words. */
export function values(node: SchemaNode): string {
  if (node.const !== undefined) return `\`${node.const}\``
  if (node.enum !== undefined) return node.enum.map((value) => `\`${value}\``).join(', ')
  if (node.anyOf !== undefined)
    return (
      node.anyOf.find(({ $comment }) => $comment !== undefined)?.$comment ?? node.anyOf.map(values).join(', ')
    )
  if (node.type === 'array') return `list of: ${values(node.items ?? {})}`
  if (node.type === 'boolean') return '`true`, `false`'
  if (node.type === 'integer' || node.type === 'number') return `${node.minimum} to ${node.maximum}`
  return node.$comment ?? (node.format === 'uri' ? 'a URL' : 'text')
}

function defaultValue(node: SchemaNode, required: boolean): string {
  if (required) return '**required**'
  if (node.default === undefined) return ''
  return Array.isArray(node.default) && node.default.length === 0 ? 'none' : `\`${node.default}\``
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
