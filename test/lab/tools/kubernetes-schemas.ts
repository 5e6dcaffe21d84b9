import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached, run } from '../support/cache.ts'

type Schema = Record<string, unknown>

/**
 * JSON Schemas of one Kubernetes release, one file per kind as kubeconform looks for them, made of the
 * API description that lies in the release's own Go module. Strict: an unknown field is an error.
 *
 * @param version of the release, `v1.31.14`.
 */
export function kubernetesSchemas(version: string): string {
  return cached(`kubernetes-schemas-${version}`, (directory) => {
    const answer = run('go', ['mod', 'download', '-json', `k8s.io/kubernetes@${version}`], '/tmp')
    const { Dir } = JSON.parse(answer) as { Dir: string }
    const { definitions } = JSON.parse(readFileSync(join(Dir, 'api/openapi-spec/swagger.json'), 'utf8'))
    const strict = Object.fromEntries(
      Object.entries(definitions as Record<string, Schema>).map(([name, schema]) => [
        name,
        strictSchema(name, schema),
      ]),
    )
    for (const [name, schema] of Object.entries(definitions as Record<string, Schema>))
      for (const kind of kindsOf(schema)) writeKind(directory, name, kind, strict)
  })
}

interface Kind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

function kindsOf(schema: Schema): readonly Kind[] {
  const kinds = (schema['x-kubernetes-group-version-kind'] ?? []) as Kind[]
  const { properties } = schema as { properties?: Schema }
  return properties?.metadata === undefined ? [] : kinds
}

function writeKind(
  directory: string,
  name: string,
  { group, version, kind }: Kind,
  strict: Readonly<Record<string, unknown>>,
): void {
  const apiVersion = group === '' ? version : `${group}/${version}`
  const schema = {
    allOf: [{ $ref: `#/definitions/${name}` }],
    definitions: closureOf(name, strict),
    required: ['apiVersion', 'kind'],
    properties: { apiVersion: { const: apiVersion }, kind: { const: kind } },
  }
  // `deployment-apps-v1.json`: the first part of the group's name alone.
  const parts = [kind, group.split('.')[0], version].filter((part) => part !== '')
  writeFileSync(join(directory, `${parts.join('-').toLowerCase()}.json`), JSON.stringify(schema))
}

/** Numbers where the description says text, as the API server takes them. */
const either: Readonly<Record<string, Schema>> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: ['string', 'integer'] },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number'] },
}

function strictSchema(name: string, schema: Schema): unknown {
  return either[name] ?? close(schema)
}

function close(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(close)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value)
    .filter(([key]) => !key.startsWith('x-kubernetes-'))
    .map(([key, entry]) => [key, close(entry)])
  const closed = Object.fromEntries(fields) as Schema
  return closed.properties !== undefined && closed.type === 'object'
    ? { ...closed, additionalProperties: false }
    : closed
}

/** A definition and all that it refers to: every file stands on its own. */
function closureOf(name: string, all: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  const waiting = [name]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found[next] !== undefined) continue
    found[next] = all[next]
    for (const [, reference = ''] of JSON.stringify(all[next]).matchAll(/"#\/definitions\/([^"]+)"/g))
      waiting.push(reference)
  }
  return found
}
