import { z } from 'zod'
import { configSchema } from '../../src/config/schema.ts'

/** The part of a JSON Schema that the configuration uses. */
export interface SchemaNode {
  readonly type?: string
  readonly description?: string
  /** In words, what a pattern wants. */
  readonly $comment?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly SchemaNode[]
  readonly minimum?: number
  readonly maximum?: number
  readonly format?: string
  readonly items?: SchemaNode
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
}

/** JSON Schema of what a person may write, for editors and for other programs. */
export function configJsonSchema(): SchemaNode {
  const schema = z.toJSONSchema(configSchema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const wanted = wantedInWords(zodSchema)
      if (wanted !== undefined && jsonSchema.pattern !== undefined) jsonSchema.$comment = wanted
    },
  })
  return {
    title: 'emf-pxe configuration, version 1',
    ...schema,
  } as SchemaNode
}

/** A pattern's error text says what is wanted: `a MAC address such as …`. */
function wantedInWords(zodSchema: z.core.$ZodTypes): string | undefined {
  const { def } = zodSchema._zod
  const checks = 'checks' in def && Array.isArray(def.checks) ? def.checks : []
  for (const candidate of [zodSchema, ...checks]) {
    const error: unknown = candidate?._zod?.def?.error
    const text: unknown = typeof error === 'function' ? error({}) : undefined
    if (typeof text === 'string') return text
  }
  return undefined
}
